/**
 * Every page in a plain browser, without Tauri: `npm run gallery`, then /src/test/gallery.html?page=finding.
 *
 * `page` is a value of data-page or one of the variants below, `lang` is `de` or `en`, `theme` `light` or `dark`.
 */
import { mount } from "svelte";

import App from "../App.svelte";
import type { CasePage } from "../lib/backend/types/CasePage";
import type { Language } from "../lib/text/index.svelte";
import "../styles/tokens.css";
import "../styles/app.css";
import { FakeBackend } from "./fake_backend";

const asked = new URLSearchParams(location.search);
const page = asked.get("page") ?? "home";
const language: Language = asked.get("lang") === "en" ? "en" : "de";
const backend = new FakeBackend(language);
const { views } = backend;
views.shell = { ...views.shell, settings: { language, theme: asked.get("theme") ?? "system" } };

/** Presses the button whose name begins like this, as soon as it is there. */
async function press(name: string): Promise<void> {
  for (;;) {
    const button = [...document.querySelectorAll("button")].find((each) => new RegExp(`^${name}\\b`).test(each.textContent.trim()));
    if (button) {
      button.click();
      return;
    }
    await new Promise(requestAnimationFrame);
  }
}

const say = (de: string, en: string) => (language === "de" ? de : en);
const open = () => press(say("Weitermachen", "Continue"));
const review = async () => {
  backend.next = views.pages.hand_over;
  await open();
  await press(say("Prüfen, was", "Check what"));
};
const type = async (words: string) => {
  await press(say("Start", "Home"));
  const field = document.querySelector<HTMLInputElement>("input[type=search]");
  if (!field) return;
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.form?.requestSubmit();
};

const variants: Record<string, () => Promise<void>> = {
  home: () => Promise.resolve(),
  "home-first": async () => {
    views.home = { symptoms: views.home.symptoms.slice(0, 1), cases: [], tickets: [] };
    views.shell = { ...views.shell, waiting: 0, help: { name: say("IT-Service", "IT support"), phone: null, hours: null, mail: null } };
    await press("Befund");
  },
  "home-hits": () => type("internet"),
  "home-no-hits": async () => {
    views.hits = [];
    await type("xyzzy");
  },
  "home-empty": () => type(""),
  outbox: () => press(say("Meine Tickets", "My tickets")),
  settings: () => press(say("Einstellungen", "Settings")),
  "settings-notices": async () => {
    views.shell = { ...views.shell, notices: ["/etc/befund/befund.toml, line 4, column 9: expected a duration such as \"4s\", found \"soon\". Correct the line."] };
    await press(say("Einstellungen", "Settings"));
  },
  "checking-request": async () => {
    backend.next = { ...views.pages.checking, purpose: "on_request" };
    await open();
  },
  "question-missing": async () => {
    backend.next = views.pages.question;
    await open();
    await press(say("Weiter", "Next"));
  },
  "sent-waiting": async () => {
    const page = views.pages.sent;
    backend.next = { ...page, sent: { ...page.sent, state: "waiting", state_text: say("Liegt bereit, noch nicht abgegeben", "Ready, not filed yet"), reason: views.tickets[1]?.reason ?? null } };
    await open();
  },
  "sent-attention": async () => {
    const page = views.pages.sent;
    backend.next = { ...page, sent: { ...page.sent, state: "attention", state_text: say("Braucht Ihre Aufmerksamkeit", "Needs your attention"), reason: views.tickets[1]?.reason ?? null } };
    await open();
  },
  "finding-local": async () => {
    views.shell = { ...views.shell, help: { name: say("IT-Service", "IT support"), phone: null, hours: null, mail: null } };
    backend.next = { ...views.pages.finding, weight: "warn", likelihood: say("Vielleicht die Ursache", "Perhaps the cause") };
    await press("Befund");
    await open();
  },
  review,
  "review-empty": async () => {
    views.review = { ...views.review, words: "", contact: { name: "", phone: "", mail: "", preferred: "" } };
    await review();
  },
  "review-words": async () => {
    await review();
    await press(say("Ändern: In Ihren", "Change: In your"));
  },
  "review-priority": async () => {
    await review();
    await press(say("Ändern: Wie", "Change: How urgent"));
  },
  "review-contact": async () => {
    await review();
    await press(say("Ändern: So", "Change: How we"));
  },
  "review-error": async () => {
    backend.failures.set("submit", views.error);
    await review();
    await press(say("An den IT-Service", "Send to"));
  },
  "review-blocked": async () => {
    views.review = { ...views.review, blocked: say("Die Vorgaben der Organisation (befund.toml) lassen sich nicht lesen. Die Einstellungen sagen, was zu tun ist.", "The organisation's policy (befund.toml) cannot be read. The settings say what to do.") };
    await review();
  },
  file: async () => {
    await review();
    await press(say("Ansehen: facts", "View: facts"));
  },
  error: () => Promise.resolve(),
};
if (page === "error") backend.failures.set("home", views.error);

mount(App, { target: document.body, props: { backend } });

const casePage = Object.values(views.pages).find((each: CasePage) => each.page === page);
const shown = variants[page];
if (page === "checking") {
  await open();
} else if (shown) {
  await shown();
} else if (casePage) {
  backend.next = casePage;
  await open();
}
document.documentElement.dataset.ready = "yes";
