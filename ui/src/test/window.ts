/** The whole window in jsdom, with a fake backend behind it, and what a person does in it. */
import { mount, unmount } from "svelte";
import { afterEach, expect, vi } from "vitest";

import App from "../App.svelte";
import type { FakeBackend } from "./fake_backend";

// jsdom has no canvas and says so each time axe asks for one.
vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);

let mounted: ReturnType<typeof mount> | undefined;

afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
  document.body.replaceChildren();
});

/** Opens the window on the home page. */
export async function open(backend: FakeBackend): Promise<void> {
  mounted = mount(App, { target: document.body, props: { backend } });
  await vi.waitFor(() => {
    expect(document.querySelector("h1")).not.toBeNull();
  });
}

/** Waits for a page whose heading has the focus. */
export async function onPage(name: string): Promise<HTMLElement> {
  return vi.waitFor(() => {
    const main = document.querySelector("main");
    expect(main?.dataset.page).toBe(name);
    expect(document.activeElement?.tagName).toBe("H1");
    if (!main) throw new Error("no main");
    return main;
  });
}

/** What a button or link is called: its label, or its text with what is only read out. */
function nameOf(element: Element): string {
  return (element.getAttribute("aria-label") ?? element.textContent).replace(/\s+/g, " ").trim();
}

/** The button, link, radio or summary with this name. */
export function control(name: string): HTMLElement {
  const all = [...document.querySelectorAll<HTMLElement>("button, a, summary, label")];
  const hit = all.find((each) => nameOf(each) === name) ?? all.find((each) => nameOf(each).startsWith(name));
  if (!hit) throw new Error(`nothing is called “${name}” among ${all.map(nameOf).join(" | ")}`);
  return hit;
}

export async function press(name: string): Promise<void> {
  control(name).click();
  await settle();
}

export async function type(selector: string, text: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement | HTMLTextAreaElement>(selector);
  if (!field) throw new Error(`no field ${selector}`);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
}

/** Lets answers arrive and the page follow. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/** The text of the page, as one line. */
export function text(): string {
  return (document.querySelector("main")?.textContent ?? "").replace(/\s+/g, " ");
}

/** What a screen reader was told last. */
export function said(): string {
  return document.querySelector("[role=status]")?.textContent ?? "";
}
