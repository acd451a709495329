import { describe, expect, it } from "vitest";
import { FluentResource } from "@fluent/bundle";

import de from "@locales/de/ui.ftl?raw";
import en from "@locales/en/ui.ftl?raw";

import { language, setLanguage, t } from "./index.svelte";

const keys = (source: string) => new FluentResource(source).body.map((message) => message.id).sort();
/** The keys as somebody reading the file counts them; a message that cannot be parsed is missing in `keys`. */
const written = (source: string) => [...source.matchAll(/^([a-z][\w-]*) =/gm)].map((match) => match[1] ?? "").sort();
const placeables = (source: string) =>
  source
    .split(/^(?=[a-z])/m)
    .filter((entry) => entry.startsWith("ui-"))
    .map((entry) => [entry.split(" ")[0] ?? "", ...new Set(entry.match(/\$\w+/g) ?? [])].sort());

const modules = import.meta.glob<string>("/src/**/*.{ts,svelte}", { query: "?raw", import: "default", eager: true });
const used = new Set(
  Object.entries(modules)
    .filter(([path]) => !path.includes("/test/") && !path.endsWith(".test.ts"))
    .flatMap(([, source]) => [...source.matchAll(/["'`](ui-[\w-]+)["'`]/g)].map((match) => match[1] ?? "")),
);

describe("the texts of the window", () => {
  it("can all be parsed", () => {
    expect(keys(de)).toEqual(written(de));
    expect(keys(en)).toEqual(written(en));
  });

  it("have the same keys in both languages", () => {
    expect(keys(de)).toEqual(keys(en));
  });

  it("take the same values in both languages", () => {
    expect(placeables(de)).toEqual(placeables(en));
  });

  it("are all there, and all used", () => {
    expect(used.size).toBeGreaterThan(100);
    const there = new Set(keys(en));
    expect([...used].filter((key) => !there.has(key))).toEqual([]);
    const referenced = (key: string) => used.has(key) || en.includes(`{ ${key} }`);
    expect([...there].filter((key) => !referenced(key))).toEqual([]);
  });

  it("follow the house style", () => {
    for (const source of [de, en]) expect(source).not.toMatch(/!|leider|Bitte warten|bitte warten|Oops|please wait/);
    expect(de).not.toMatch(/"/);
  });

  it("choose the language, English for all others", () => {
    setLanguage("de-AT");
    expect(language()).toBe("de");
    expect(t("ui-back")).toBe("Zurück");
    setLanguage("fr");
    expect(t("ui-back")).toBe("Back");
  });

  it("count in words", () => {
    setLanguage("en");
    expect(t("ui-home-hits-count", { count: 1 })).toBe("One match");
    expect(t("ui-home-hits-count", { count: 3 })).toBe("3 matches");
  });

  it("show a missing key rather than nothing", () => {
    expect(t("ui-not-there")).toBe("ui-not-there");
  });
});
