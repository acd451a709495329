import axe from "axe-core";
import { describe, expect, it } from "vitest";

import { iconOr, icons } from "../lib/frame/icons";
import sprite from "../lib/frame/Sprite.svelte?raw";
import { telephone } from "../lib/reach";
import { FakeBackend } from "./fake_backend";
import { reference, someFolders } from "./views";
import { control, onPage, open, press, said, settle, text, type } from "./window";

async function onCase(backend: FakeBackend, page: keyof FakeBackend["views"]["pages"]) {
  backend.next = backend.views.pages[page];
  await open(backend);
  document.querySelector<HTMLElement>("[data-guide=internet]")?.click();
  return onPage(page);
}

async function onReview(backend: FakeBackend) {
  await onCase(backend, "hand_over");
  document.querySelector<HTMLElement>(".btn.main")?.click();
  return onPage("review");
}

/** What axe finds that jsdom can tell; contrast and sizes need a real engine (`npm run shots`). */
async function problems(): Promise<string[]> {
  const found = await axe.run(document, { rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } } });
  return found.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" | ")}`);
}

describe.each(["de", "en"] as const)("every page in %s", (language) => {
  const pages = ["checking", "site", "measure", "question", "finding", "fix", "verify", "no_problem", "hand_over", "solved", "sent"] as const;

  async function sound() {
    expect(document.querySelectorAll("h1")).toHaveLength(1);
    expect(document.querySelectorAll(".btn.main").length).toBeLessThanOrEqual(1);
    expect(document.documentElement.lang).toBe(language);
    const heading = document.querySelector("h1")?.textContent.trim() ?? "";
    expect(document.title).toBe(`Befund: ${heading}`);
    // A key that has no text would be shown as it is.
    expect(document.body.textContent).not.toMatch(/\bui-[a-z]/);
    expect(document.querySelectorAll("main [style]:not([style=''])")).toHaveLength(0);
    expect(await problems()).toEqual([]);
  }

  it.each(pages)("%s is sound", async (page) => {
    await onCase(new FakeBackend(language), page);
    expect(document.querySelector(".help .ref")?.textContent).toContain(reference);
    await sound();
  });

  it("home, tickets and settings are sound", async () => {
    const backend = new FakeBackend(language);
    await open(backend);
    await onPage("home");
    await sound();
    await press(language === "de" ? "Meine Tickets" : "My tickets");
    await onPage("outbox");
    await sound();
    await press(language === "de" ? "Einstellungen" : "Settings");
    await onPage("settings");
    await sound();
  });

  it("review with each editor open, and the reader, are sound", async () => {
    await onReview(new FakeBackend(language));
    await sound();
    for (const part of ["words", "priority", "contact"]) {
      document.querySelector<HTMLElement>(`[data-change=${part}]`)?.click();
      await settle();
      expect(document.querySelector(".edit")).not.toBeNull();
      await sound();
    }
    document.querySelector<HTMLElement>("[data-read]")?.click();
    await onPage("file");
    await sound();
  });

  it("an error at the start is sound", async () => {
    const backend = new FakeBackend(language);
    backend.failures.set("home", backend.views.error);
    await open(backend);
    await onPage("error");
    expect(text()).toContain(backend.views.error.todo);
    await sound();
  });
});

describe("home", () => {
  it("shows many guides by topic, the common and the urgent ones before", async () => {
    const backend = new FakeBackend("en");
    const topics = ["security", "network", "account", "communication", "devices", "computer"];
    backend.views.home.symptoms = topics.flatMap((topic) =>
      [0, 1, 2].map((n) => ({ guide: `${topic}-${n}`, title: `${topic} ${n}`, subtitle: "", icon: "globe", topic, common: topic === "network" && n === 0 })),
    );
    await open(backend);
    await onPage("home");
    const shown = (section: string) =>
      [...document.querySelectorAll("main section")].find((each) => each.querySelector("h2")?.textContent === section)?.querySelectorAll("[data-guide]");
    expect([...(shown("Most asked for") ?? [])].map((each) => each.getAttribute("data-guide"))).toEqual(["network-0"]);
    expect(shown("Report at once")).toHaveLength(3);
    // A common one is found under its topic as well; only what is urgent is not listed twice.
    expect(shown("All by topic")).toHaveLength(15);
    expect(document.querySelectorAll("main details")).toHaveLength(5);
    expect(document.querySelectorAll("main details[open]")).toHaveLength(0);
  });

  it("finds guides by words, and takes the words along", async () => {
    const backend = new FakeBackend("en");
    await open(backend);
    await type("input[type=search]", "  no website opens ");
    await press("Search");
    expect(backend.calls).toContainEqual(["search", "no website opens"]);
    expect(said()).toBe("One match");
    document.querySelector<HTMLElement>(".sym.one [data-guide=internet]")?.click();
    await onPage("checking");
    expect(backend.calls).toContainEqual(["start_case", "internet", "no website opens"]);
  });

  it("says so when nothing fits, and how to reach a human", async () => {
    const backend = new FakeBackend("en");
    backend.views.hits = [];
    await open(backend);
    await type("input[type=search]", "xyzzy");
    await press("Search");
    expect(text()).toContain("Nothing fits these words");
    expect(document.querySelector("main a[href='tel:03023125042']")).not.toBeNull();
  });

  it("asks for words when there are none", async () => {
    const backend = new FakeBackend("en");
    await open(backend);
    await onPage("home");
    await press("Search");
    expect(backend.calls.map(([name]) => name)).not.toContain("search");
    expect(document.activeElement?.id).toBe("words");
    expect(document.activeElement?.getAttribute("aria-invalid")).toBe("true");
  });

  it("goes on with an open case", async () => {
    const backend = new FakeBackend("en");
    backend.next = backend.views.pages.question;
    await open(backend);
    await press("Continue");
    await onPage("question");
    expect(backend.calls).toContainEqual(["open_case", reference]);
  });
});

describe("checking", () => {
  it("starts by itself, shows rows as they come, and goes on when it is done", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "checking");
    expect(backend.calls).toContainEqual(["measure", reference]);
    const [failed, fine] = backend.views.updates;
    if (!failed || !fine) throw new Error("no updates recorded");
    backend.report({ row: failed, done: 1, total: 11, so_far: null });
    backend.report({ row: fine, done: 2, total: 11, so_far: "So far all is well." });
    await settle();
    expect(text()).toContain("2 of 11 checked");
    expect(text()).toContain("18 ms");
    expect(text()).toContain("So far all is well.");
    backend.finish(backend.views.pages.finding);
    await onPage("finding");
  });

  it("reads out what deviates, and not every row", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "checking");
    const [failed, fine] = backend.views.updates;
    if (!failed || !fine) throw new Error("no updates recorded");
    backend.report({ row: failed, done: 1, total: 11, so_far: null });
    await settle();
    expect(said()).toBe("DNS server in the router: Broken");
    backend.report({ row: fine, done: 2, total: 11, so_far: null });
    await settle();
    expect(said()).toBe("DNS server in the router: Broken");
    backend.report({ row: fine, done: 4, total: 11, so_far: null });
    await settle();
    expect(said()).toBe("4 of 11 checked");
  });

  it("never goes backwards when updates overtake each other", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "checking");
    const [first] = backend.views.updates;
    if (!first) throw new Error("no updates recorded");
    backend.report({ row: first, done: 5, total: 11, so_far: null });
    backend.report({ row: first, done: 4, total: 11, so_far: null });
    await settle();
    expect(text()).toContain("5 of 11 checked");
  });

  it("says what is being measured, and never again once it is judged", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "checking");
    const [judged] = backend.views.updates;
    if (!judged) throw new Error("no updates recorded");
    const running = { ...judged, status: "running", text: "", value: null };
    const shown = () => [...document.querySelectorAll(".checks li")].find((row) => row.textContent.includes(judged.title))?.textContent ?? "";
    backend.report({ row: running, done: 0, total: 11, so_far: null });
    await settle();
    expect(shown()).toContain("Running");
    expect(said()).toBe("");
    backend.report({ row: judged, done: 1, total: 11, so_far: null });
    backend.report({ row: running, done: 0, total: 11, so_far: null });
    await settle();
    expect(shown()).toContain("Broken");
    expect(shown()).not.toContain("Running");
  });

  it("can be stopped, and then goes on with what is known", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "checking");
    backend.next = backend.views.pages.question;
    await press("Stop checking");
    await onPage("question");
    expect(backend.calls).toContainEqual(["cancel", reference]);
  });

  it("offers to check again when measuring failed", async () => {
    const backend = new FakeBackend("en");
    backend.failures.set("measure", backend.views.error);
    await onCase(backend, "checking");
    await settle();
    expect(document.querySelector("[role=alert]")?.textContent).toContain(backend.views.error.happened);
    await press("Check again");
    expect(backend.calls.filter(([name]) => name === "measure")).toHaveLength(2);
  });
});

describe("which website", () => {
  it("asks again for an empty address, and sends the one that was written", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "site");
    await press("Check the website");
    expect(document.activeElement?.id).toBe("site");
    expect(text()).toContain("Write the address down");
    await type("#site", " www.example.org ");
    await press("Check the website");
    expect(backend.calls).toContainEqual(["act", reference, { do: "name_site", site: "www.example.org" }]);
  });

  it("takes “I don’t know” for an answer", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "site");
    await press("I don’t know");
    expect(backend.calls).toContainEqual(["act", reference, { do: "name_site", site: null }]);
  });
});

describe("a measurement that costs something", () => {
  it("says how much, how long and to whom, and takes no for an answer", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "measure");
    expect(document.activeElement?.tagName).toBe("H1");
    for (const told of ["10.0 MB at most", "10 seconds at most", "messung.firma.example"]) expect(text()).toContain(told);
    expect(backend.calls.filter(([name]) => name === "act" || name === "measure")).toEqual([]);
    await press("Don't measure");
    expect(backend.calls).toContainEqual(["act", reference, { do: "dont_measure", subject: "throughput" }]);
  });

  it("measures once the person agrees", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "measure");
    await press("Measure");
    expect(backend.calls).toContainEqual(["act", reference, { do: "measure", subject: "throughput" }]);
  });
});

describe("the largest folders", () => {
  it("are asked for without data and hosts, where nothing is sent", async () => {
    const backend = new FakeBackend("en");
    backend.views.pages.measure = { ...backend.views.pages.measure, subject: "folders", data: null, time: "1 minute", hosts: [] };
    await onCase(backend, "measure");
    expect(text()).toContain("1 minute at most");
    for (const left of ["Data", "Befund asks only"]) expect(text()).not.toContain(left);
  });

  it("are listed beside the finding", async () => {
    const backend = new FakeBackend("en");
    backend.folders = someFolders("en");
    await onCase(backend, "finding");
    for (const told of ["~/.local/share/Trash", "40.2 GB", "13%", "stay on this computer"]) expect(text()).toContain(told);
    expect(await problems()).toEqual([]);
  });

  it("are not spoken of where nobody looked for them", async () => {
    await onCase(new FakeBackend("en"), "finding");
    expect(text()).not.toContain("largest folders");
  });
});

describe("question", () => {
  it("has nothing chosen beforehand, and says at the field what is missing", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "question");
    expect(document.querySelectorAll("input:checked")).toHaveLength(0);
    await press("Next");
    expect(document.querySelector("[role=alert]")?.textContent).toContain("Choose an answer");
    expect(document.activeElement?.getAttribute("type")).toBe("radio");
    expect(backend.calls.map(([name]) => name)).not.toContain("act");
  });

  it("sends the answer, and null for not knowing", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "question");
    await press("It blinks");
    await press("Next");
    expect(backend.calls).toContainEqual(["act", reference, { do: "answer", question: "router-lamp", answer: "blinking" }]);
    await press("I don't know");
    await press("Next");
    expect(backend.calls).toContainEqual(["act", reference, { do: "answer", question: "router-lamp", answer: null }]);
  });

  it("shows the answer given before, when the person went back", async () => {
    const backend = new FakeBackend("en");
    backend.views.pages.question = { ...backend.views.pages.question, given: "off" };
    await onCase(backend, "question");
    expect(document.querySelector<HTMLInputElement>("input:checked")?.value).toBe("off");
  });
});

describe("an emergency", () => {
  it("says what to do at once, asks beside it, and measures only for the ticket", async () => {
    const backend = new FakeBackend("en");
    const { hand_over } = backend.views.pages;
    hand_over.first_steps = ["Pull the network cable.", "Do not switch it off."];
    hand_over.question = { id: "seen", ask: "What do you see?", hint: null, answers: [{ id: "page", label: "A warning" }] };
    hand_over.unmeasured = true;
    await onCase(backend, "hand_over");
    expect(document.querySelector("h1")?.textContent).toBe("Do this now");
    expect(document.querySelectorAll(".steps li")).toHaveLength(2);
    expect(document.querySelector("main a[href^='tel:']")?.textContent).toBe("030 23125-042");
    expect(backend.calls.some(([name]) => name === "measure")).toBe(false);

    backend.next = { ...hand_over, question: null, first_steps: [...hand_over.first_steps, "Do not pay."] };
    await press("A warning");
    expect(backend.calls.at(-1)).toEqual(["act", reference, { do: "answer", question: "seen", answer: "page" }]);
    expect(document.querySelectorAll(".steps li")).toHaveLength(3);
    expect(document.querySelector(".answers")).toBeNull();

    document.querySelector<HTMLElement>(".btn.main")?.click();
    await settle();
    expect(backend.calls.at(-1)).toEqual(["measure", reference]);
    backend.finish({ ...hand_over, unmeasured: false });
    await onPage("review");
    expect(backend.calls.at(-1)).toEqual(["review", reference]);
  });

  it("makes the ticket all the same where measuring fails", async () => {
    const backend = new FakeBackend("en");
    const { hand_over } = backend.views.pages;
    hand_over.first_steps = ["Pull the network cable."];
    hand_over.unmeasured = true;
    await onCase(backend, "hand_over");
    backend.failures.set("measure", backend.views.error);
    document.querySelector<HTMLElement>(".btn.main")?.click();
    await onPage("review");
    expect(backend.calls.at(-1)).toEqual(["review", reference]);
  });
});

describe("finding and fix", () => {
  it("lead to the steps, to another cause, and always to a human", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "finding");
    await press("Show me how");
    await press("This is not it");
    await press("Ask for help right away");
    expect(backend.calls.filter(([name]) => name === "act").map(([, , action]) => action)).toEqual([
      { do: "show_fix", fix: "restart-router" },
      { do: "not_it", fix: "restart-router" },
      { do: "hand_over" },
    ]);
  });

  it("show lists whose texts repeat", async () => {
    const backend = new FakeBackend("en");
    const { hand_over, finding, verify } = backend.views.pages;
    hand_over.tried = ["Restart: did not help", "Restart: did not help"];
    finding.evidence = finding.evidence.flatMap((row) => [row, row]);
    finding.path = finding.path.flatMap((node) => [node, node]);
    verify.rows = verify.rows.flatMap((row) => [row, row]);
    await onCase(backend, "hand_over");
    expect(document.querySelectorAll(".plain li")).toHaveLength(2);
    for (const page of [finding, verify]) {
      backend.next = page;
      await press("Back");
      await onPage(page.page);
      expect(document.querySelectorAll("main .lab tbody tr").length).toBeGreaterThanOrEqual(6);
    }
  });

  it("counts what says something, and keeps the rest apart", async () => {
    const backend = new FakeBackend("en");
    const { finding } = backend.views.pages;
    const row = (speaks: string) => ({ title: "Clock", value: "0.1 s", usual: null, status: "ok", speaks });
    finding.evidence = ["for", "for", "against", "neither", "neither", "neither"].map(row);
    await onCase(backend, "finding");
    expect(text()).toContain("2 of 3 measurements speak for it");
    const rest = control("Say nothing about it: 3").closest("details");
    expect(rest?.open).toBe(false);
    expect(rest?.querySelectorAll("tbody tr")).toHaveLength(3);
  });

  it("never shows what was not measured as in order", async () => {
    await onCase(new FakeBackend("en"), "finding");
    const row = [...document.querySelectorAll("tr")].find((each) => each.textContent.includes("IPv6"));
    expect(row?.textContent).toContain("There is no address of this kind");
    expect(row?.querySelector(".ok")).toBeNull();
  });

  it("says the time once", async () => {
    for (const page of ["verify", "no_problem"] as const) {
      await onCase(new FakeBackend("de"), page);
      expect(text()).toMatch(/geprüft um 14:0\d Uhr: /i);
      document.body.replaceChildren();
    }
  });

  it("asks three questions that weigh the same", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "verify");
    expect(document.querySelectorAll(".btn.main")).toHaveLength(0);
    await press("Partly");
    expect(backend.calls).toContainEqual(["act", reference, { do: "verified", outcome: "partly" }]);
  });
});

describe("review", () => {
  it("changes the words and gives the focus back", async () => {
    const backend = new FakeBackend("en");
    await onReview(backend);
    await press("Change: In your words");
    expect(document.activeElement?.tagName).toBe("TEXTAREA");
    await type("textarea", "It is slow.");
    await press("Apply");
    expect(text()).toContain("It is slow.");
    expect(document.activeElement).toBe(control("Change: In your words"));
  });

  it("keeps the editor and what was typed when the change fails", async () => {
    const backend = new FakeBackend("en");
    await onReview(backend);
    await press("Change: In your words");
    await type("textarea", "It is slow.");
    backend.failures.set("change_review", backend.views.error);
    await press("Apply");
    expect(document.querySelector("textarea")?.value).toBe("It is slow.");
    expect(document.querySelector("[role=alert]")?.textContent).toContain(backend.views.error.means);
  });

  it("leaves files out and takes them in again, naming all that stay out", async () => {
    const backend = new FakeBackend("en");
    await onReview(backend);
    await press("Remove: facts.json");
    expect(backend.calls.at(-1)?.[2]).toMatchObject({ removed: ["session.json", "facts.json"] });
    expect(said()).toBe("facts.json is removed and is not sent");
    await press("Keep: session.json");
    expect(backend.calls.at(-1)?.[2]).toMatchObject({ removed: ["facts.json"] });
  });

  it("makes a value readable and hides it again, naming all that are readable", async () => {
    const backend = new FakeBackend("en");
    await onReview(backend);
    const chip = (text: string) => [...document.querySelectorAll<HTMLElement>(".chip")].find((each) => each.textContent.trim() === text);
    expect(chip("mustermann.e")?.getAttribute("aria-pressed")).toBe("true");
    chip("[host-1]")?.focus();
    chip("[host-1]")?.click();
    await settle();
    expect(backend.calls.at(-1)?.[2]).toMatchObject({ readable: ["[user-1]", "[host-1]"], removed: null });
    expect(said()).toBe("IT support can read nb-4711.musterwerke.example");
    expect(document.activeElement).toBe(chip("nb-4711.musterwerke.example"));
    chip("mustermann.e")?.click();
    await settle();
    expect(backend.calls.at(-1)?.[2]).toMatchObject({ readable: ["[host-1]"] });
    expect(said()).toBe("mustermann.e is hidden again");
    expect(chip("[user-1]")?.getAttribute("aria-pressed")).toBe("false");
  });

  it("hints that nobody can ask back, and sends all the same", async () => {
    const backend = new FakeBackend("en");
    backend.views.review = { ...backend.views.review, contact: { name: "", phone: "", mail: "", preferred: "" } };
    await onReview(backend);
    expect(text()).toContain("cannot ask you back");
    await press("Send to IT support");
    await onPage("sent");
    expect(text()).toContain(reference);
  });

  it("says on the page why it was not sent", async () => {
    const backend = new FakeBackend("en");
    await onReview(backend);
    backend.failures.set("submit", backend.views.error);
    await press("Send to IT support");
    const alert = document.querySelector("[role=alert]")?.textContent ?? "";
    expect(alert).toContain(backend.views.error.happened);
    expect(alert).toContain(backend.views.error.todo);
    expect(document.querySelector("main")?.dataset.page).toBe("review");
  });

  it("offers no sending where the policy cannot be read", async () => {
    const backend = new FakeBackend("en");
    backend.views.review = { ...backend.views.review, blocked: "The policy cannot be read." };
    await onReview(backend);
    expect(text()).toContain("The policy cannot be read.");
    expect(document.querySelector(".btn.main")).toBeNull();
  });

  it("shows the size against the limit, and alone where there is none", async () => {
    const backend = new FakeBackend("en");
    await onReview(backend);
    expect(text()).toContain("84 kB of 10 MB that IT support accepts");
    const limitless = new FakeBackend("en");
    limitless.views.review = { ...limitless.views.review, limit: "", limit_bytes: 0 };
    document.body.replaceChildren();
    await onReview(limitless);
    expect(text()).toContain("84 kB is the size of the package.");
    expect(document.querySelector("progress")).toBeNull();
  });

  it("renders nothing out of a file", async () => {
    const backend = new FakeBackend("en");
    backend.views.file = { ...backend.views.file, text: "<img src=x onerror=alert(1)><b>bold</b>" };
    await onReview(backend);
    await press("View: report.html");
    await onPage("file");
    expect(document.querySelector("pre")?.textContent).toBe(backend.views.file.text);
    expect(document.querySelector("pre *")).toBeNull();
  });

  it("marks what is replaced, and says what a placeholder is", async () => {
    const backend = new FakeBackend("en");
    await onReview(backend);
    await press("View: facts.json");
    await onPage("file");
    expect(document.querySelector("pre")?.textContent).toBe(backend.views.file.text);
    expect([...document.querySelectorAll("pre mark")].map((mark) => mark.textContent)).toEqual(["[host-1]", "[ip-2]"]);
    expect(text()).toContain("This is exactly what is sent. What identifies you");
    expect(text()).toContain("placeholder such as [host-1]");
  });
});

describe("a ticket that is not filed", () => {
  it("says why in the list, and is sent again from there", async () => {
    const backend = new FakeBackend("en");
    await open(backend);
    await press("My tickets");
    await onPage("outbox");
    expect(text()).toContain("Check that the drive is still connected.");
    const buttons = document.querySelectorAll<HTMLElement>("[data-again]");
    expect(buttons).toHaveLength(1);
    buttons[0]?.click();
    await settle();
    expect(backend.calls).toContainEqual(["submit", "BF-92MD-7K3Q"]);
    // Still there: whoever has pressed must see that something happened.
    expect(text()).toContain("Tried again, not filed yet");
    expect(document.querySelector("main")?.dataset.page).toBe("outbox");
    backend.views.tickets = backend.views.tickets.map((row) => ({ ...row, state: "filed", reason: null }));
    await press("Send again: BF-92MD-7K3Q");
    expect(document.querySelector("[data-again]")).toBeNull();
    expect(said().trim()).toBe("Filed today, 2:12 pm");
  });

  it("says why on its own page, and is sent again from there", async () => {
    const backend = new FakeBackend("en");
    const { sent } = backend.views.pages;
    const reason = "The disk is full.";
    for (const state of ["waiting", "attention"]) {
      backend.views.pages.sent = { ...sent, sent: { ...sent.sent, state, reason } };
      document.body.replaceChildren();
      await onCase(backend, "sent");
      expect(text()).toContain(reason);
      backend.failures.set("submit", backend.views.error);
      await press(`Send again: ${reference}`);
      expect(document.querySelector("[role=alert]")?.textContent).toContain(backend.views.error.happened);
      backend.views.pages.sent = sent;
      await press(`Send again: ${reference}`);
      expect(text()).not.toContain(reason);
      expect(document.querySelector("[data-again]")).toBeNull();
    }
  });
});

describe("settings", () => {
  it("apply at once, keep the focus, and speak the new language", async () => {
    const backend = new FakeBackend("en");
    await open(backend);
    await press("Settings");
    await onPage("settings");
    const german = document.querySelector<HTMLInputElement>("input[value=de]");
    german?.focus();
    german?.click();
    await settle();
    expect(backend.calls.at(-1)).toEqual(["set_settings", { language: "de", theme: "system" }]);
    expect(document.documentElement.lang).toBe("de");
    expect(document.querySelector("h1")?.textContent).toBe("Einstellungen");
    expect(document.title).toBe("Befund: Einstellungen");
    expect(document.activeElement).toBe(german);
    document.querySelector<HTMLInputElement>("input[value=dark]")?.click();
    await settle();
    expect(document.documentElement.dataset.theme).toBe("dark");
  });

  it("tell the administrator what is wrong", async () => {
    const backend = new FakeBackend("en");
    backend.views.shell = { ...backend.views.shell, notices: ["befund.toml, line 4: expected a duration"] };
    await open(backend);
    await press("Settings");
    await onPage("settings");
    expect(text()).toContain("line 4");
  });
});

describe("the help bar", () => {
  it("asks a human from every page of a case that has not gone to one", async () => {
    const backend = new FakeBackend("en");
    await onCase(backend, "question");
    backend.next = backend.views.pages.hand_over;
    document.querySelector<HTMLElement>(".help button")?.click();
    await onPage("hand_over");
    expect(backend.calls.at(-1)).toEqual(["act", reference, { do: "hand_over" }]);
    expect(document.querySelector(".help button")).toBeNull();
  });

  it("says how to get help where nobody has a number", async () => {
    const backend = new FakeBackend("en");
    backend.views.shell = { ...backend.views.shell, help: { name: "IT support", phone: null, hours: null, mail: null } };
    await open(backend);
    await onPage("home");
    expect(document.querySelector(".help")?.textContent).toContain("First choose what is not working");
    expect(document.querySelectorAll(".help a, .help button")).toHaveLength(0);
  });

  it("leads to the system's programs and opens no window", async () => {
    await open(new FakeBackend("en"));
    const links = [...document.querySelectorAll<HTMLAnchorElement>(".help a")];
    expect(links.map((link) => link.href)).toEqual(["tel:03023125042", "mailto:it-service@musterwerke.example"]);
    expect(document.querySelectorAll("[target]")).toHaveLength(0);
  });
});

const guides = import.meta.glob<string>("../../../content/guides/*.yaml", { query: "?raw", import: "default", eager: true });

describe("small parts", () => {
  it("every drawing that a guide names is there", () => {
    const named = Object.values(guides).flatMap((guide) => [...guide.matchAll(/\bicon: *([a-z-]+)/g)].map((match) => match[1] ?? ""));
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => iconOr(name, "cross") === "cross")).toEqual([]);
  });

  it("every drawing that has a name is in the sprite", () => {
    const drawn = [...sprite.matchAll(/id="i-([a-z]+)"/g)].map((match) => match[1]);
    expect(drawn).toEqual([...icons]);
  });

  it("makes an address of a telephone number", () => {
    expect(telephone("030 23125-042")).toBe("tel:03023125042");
    expect(telephone("+49 30 23125-042")).toBe("tel:+493023125042");
  });
});
