/**
 * Every page in a plain browser, without Tauri: `npm run gallery`, then /src/test/gallery.html?page=finding.
 *
 * `page` is a value of data-page or one of the variants below, `lang` is `de` or `en`, `theme` `light` or `dark`.
 */
import { mount } from "svelte";

import App from "../App.svelte";
import type { CasePage } from "../lib/backend/types/CasePage";
import type { SymptomCard } from "../lib/backend/types/SymptomCard";
import type { Language } from "../lib/text/index.svelte";
import "../styles/tokens.css";
import "../styles/app.css";
import { FakeBackend } from "./fake_backend";
import { someFolders } from "./views";

const asked = new URLSearchParams(location.search);
const page = asked.get("page") ?? "home";
const language: Language = asked.get("lang") === "en" ? "en" : "de";
const backend = new FakeBackend(language);
const { views } = backend;
views.shell = { ...views.shell, settings: { language, theme: asked.get("theme") ?? "system" } };

/** The guides that ship, as far as their cards show them. Their files are read as text: no more than this is wanted of YAML here. */
function shipped(): SymptomCard[] {
  const files = import.meta.glob<string>("../../../content/guides/*.yaml", { query: "?raw", import: "default", eager: true });
  const order = ["security", "network", "account", "communication", "devices", "computer"];
  const cards = Object.values(files).map((file): SymptomCard => {
    const word = (key: string) => new RegExp(`^${key}: (.*)$`, "m").exec(file)?.[1] ?? "";
    const both = (key: string) => {
      const found = new RegExp(`^${key}:\\s*\\{?\\s*en: (.*?)(?:, de: |\\n\\s*de: )(.*?)\\s*\\}?$`, "m").exec(file);
      return (found?.[language === "en" ? 1 : 2] ?? "").replace(/^"|"$/g, "");
    };
    return { guide: word("id"), title: both("title"), subtitle: both("subtitle"), icon: word("icon"), topic: word("topic"), common: word("common") === "true" };
  });
  return cards.sort((a, b) => order.indexOf(a.topic) - order.indexOf(b.topic) || a.title.localeCompare(b.title));
}

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
  "home-many": async () => {
    views.home = { ...views.home, symptoms: shipped() };
    await press("Befund");
  },
  emergency: async () => {
    const steps = [say("Ziehen Sie das Netzwerkkabel und schalten Sie an diesem Computer das WLAN aus.", "Pull the network cable and switch Wi-Fi off at this computer."), say("Schalten Sie den Computer nicht aus und starten Sie ihn nicht neu. Was in seinem Speicher steht, hilft herauszufinden, was geschah.", "Do not switch the computer off and do not restart it. What is in its memory helps to find out what happened."), say("Ziehen Sie Sticks und Laufwerke ab, und stecken Sie sie an keinen anderen Computer.", "Unplug sticks and disks, and plug them into no other computer.")];
    const answers = [say("Eine Erpressung, oder Dateien mit fremden Endungen", "A ransom note, or files with strange endings"), say("Maus oder Fenster bewegen sich von selbst", "Mouse or windows move by themselves"), say("Das Schutzprogramm meldet einen Fund", "The protection program reports a find"), say("Eine Warnung mit Telefonnummer im Browser", "A warning with a phone number in the browser")];
    backend.next = {
      ...views.pages.hand_over,
      why: say("Das muss sofort jemand vom IT-Service wissen. Tun Sie jetzt die ersten Schritte, dann rufen Sie an oder senden Sie das Ticket.", "Somebody from IT support has to know this at once. Do the first steps now, then call or send the ticket."),
      first_steps: steps,
      question: { id: "seen", ask: say("Was sehen Sie?", "What do you see?"), hint: null, answers: answers.map((label, index) => ({ id: `a${index}`, label })) },
      unmeasured: true,
      cause: null,
      tried: [],
    };
    await open();
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
  "finding-folders": async () => {
    backend.folders = someFolders(language);
    backend.next = views.pages.finding;
    await open();
  },
  "measure-folders": async () => {
    backend.next = {
      ...views.pages.measure,
      subject: "folders",
      title: say("Darf Befund nach den größten Ordnern suchen?", "May Befund look for the largest folders?"),
      what: say(
        "Befund zählt zusammen, was die Ordner in Ihrem persönlichen Ordner belegen, und zeigt Ihnen die zehn größten mit ihren Namen. Es öffnet keine Datei und verändert nichts. Die Namen bleiben auf diesem Computer. In einem Paket stehen Platzhalter für sie.",
        "Befund adds up what the folders of your home take up and shows you the ten largest, with their names. It opens no file and changes nothing. The names stay on this computer; in a package placeholders stand for them.",
      ),
      data: null,
      time: say("1 Minute", "1 minute"),
      hosts: [],
    };
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
