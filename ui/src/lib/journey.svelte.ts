/**
 * Where the person is, and what they see: routing in memory and the one view that is shown.
 *
 * It asks the backend for views and keeps the last one. It decides nothing about a case: which page follows is the
 * backend's answer.
 */
import type { Backend } from "./backend";
import { isErrorView } from "./backend";
import type { CaseAction } from "./backend/types/CaseAction";
import type { CasePage } from "./backend/types/CasePage";
import type { CaseView } from "./backend/types/CaseView";
import type { ErrorView } from "./backend/types/ErrorView";
import type { FileView } from "./backend/types/FileView";
import type { HitView } from "./backend/types/HitView";
import type { HomeView } from "./backend/types/HomeView";
import type { ReviewChange } from "./backend/types/ReviewChange";
import type { ReviewView } from "./backend/types/ReviewView";
import type { RowUpdate } from "./backend/types/RowUpdate";
import type { Settings } from "./backend/types/Settings";
import type { ShellView } from "./backend/types/ShellView";
import type { TicketRow } from "./backend/types/TicketRow";
import { setLanguage, t } from "./text/index.svelte";

/** A page with everything it needs. */
export type Screen =
  | { at: "starting" }
  | { at: "home"; view: HomeView }
  | { at: "outbox"; rows: TicketRow[] }
  | { at: "settings" }
  | { at: "case"; view: CaseView }
  | { at: "review"; view: ReviewView; of: CaseView }
  | { at: "file"; view: FileView; of: CaseView }
  | { at: "error"; error: ErrorView };

/** What a person can search for and find. */
export type Hits = { words: string; hits: HitView[] };

export class Journey {
  screen = $state.raw<Screen>({ at: "starting" });
  shell = $state.raw<ShellView>();
  /** An error of the last step, shown on the page where it happened. */
  trouble = $state.raw<ErrorView>();
  /** A long step in words, as long as it lasts. */
  doing = $state.raw<string>();
  /** What is read out without being in the way. */
  said = $state.raw("");

  #backend: Backend;
  #retry: (() => Promise<void>) | undefined;
  /** Counts the places gone to, so that an answer that comes too late does not pull the person back. */
  #visit = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** The measurement under way, whether or not anybody still watches it. */
  #measurement: Promise<CaseView> | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Identity of the page: when it changes, focus moves to the heading. */
  get page(): string {
    const screen = this.screen;
    switch (screen.at) {
      case "case": {
        return ["case", screen.view.reference, screen.view.page.page, ...within(screen.view.page)].join(":");
      }
      case "file":
        return `file:${screen.view.name}`;
      default:
        return screen.at;
    }
  }

  /** The case the person is in, if any. */
  get openCase(): CaseView | undefined {
    const screen = this.screen;
    if (screen.at === "case") return screen.view;
    return screen.at === "review" || screen.at === "file" ? screen.of : undefined;
  }

  start(): Promise<void> {
    return this.#go(async () => {
      this.#useShell(await this.#backend.shell());
      return { at: "home", view: await this.#backend.home() };
    }, undefined, true);
  }

  /** Tells that the first page is on the screen; whether anybody hears it does not matter to the person. */
  painted(): void {
    void this.#backend.painted().catch(() => undefined);
  }

  home(): Promise<void> {
    const measuring = this.#measuring();
    return this.#go(async () => {
      // A measurement nobody watches would still be going on when the case is opened again.
      if (measuring !== undefined) await this.#backend.cancel(measuring);
      await this.#refreshShell();
      return { at: "home", view: await this.#backend.home() };
    }, undefined, true);
  }

  outbox(): Promise<void> {
    return this.#go(async () => {
      await this.#refreshShell();
      return { at: "outbox", rows: await this.#backend.outbox() };
    }, undefined, true);
  }

  settings(): Promise<void> {
    return this.#go(async () => {
      await this.#refreshShell();
      return { at: "settings" };
    }, undefined, true);
  }

  async setSettings(settings: Settings): Promise<void> {
    await this.#step(undefined, async () => {
      this.#useShell(await this.#backend.setSettings(settings));
      this.say(t("ui-settings-saved"));
    });
  }

  async search(words: string): Promise<Hits | undefined> {
    let found: Hits | undefined;
    await this.#step(undefined, async () => {
      found = { words, hits: await this.#backend.search(words) };
    });
    return found;
  }

  startCase(guide: string, words: string): Promise<void> {
    return this.#go(async () => ({ at: "case", view: await this.#backend.startCase(guide, words) }), t("ui-doing-case"));
  }

  openReference(reference: string): Promise<void> {
    return this.#go(async () => ({ at: "case", view: await this.#backend.openCase(reference) }), t("ui-doing-case"));
  }

  act(action: CaseAction): Promise<void> {
    const reference = this.#reference();
    const measuring = this.#measuring();
    return this.#go(async () => {
      if (measuring !== undefined) {
        await this.#backend.cancel(measuring);
        // What was measured by then comes first, or the case would stand after it and not where the person went.
        await this.#measurement?.catch(() => undefined);
      }
      return { at: "case", view: await this.#backend.act(reference, action) };
    }, t("ui-doing-act"));
  }

  /** One step back inside the case, or home where it began. */
  back(): Promise<void> {
    const screen = this.screen;
    if (screen.at === "case") return screen.view.can_go_back ? this.act({ do: "back" }) : this.home();
    if (screen.at === "review") {
      // Going back from here leads to the page the case is on, read anew.
      return this.openReference(screen.of.reference);
    }
    if (screen.at === "file") return this.review();
    return this.home();
  }

  /** Measures, and goes on when it is done or cancelled. */
  measure(onRow: (update: RowUpdate) => void): Promise<void> {
    const reference = this.#reference();
    return this.#go(async () => {
      this.#measurement = this.#backend.measure(reference, onRow);
      return { at: "case", view: await this.#measurement };
    }, undefined, true);
  }

  async cancel(): Promise<void> {
    const reference = this.#reference();
    try {
      await this.#backend.cancel(reference);
    } catch (thrown) {
      this.trouble = toError(thrown);
    }
  }

  review(): Promise<void> {
    const of = this.openCase;
    if (of === undefined) return this.home();
    return this.#go(async () => {
      let at = of;
      // In an emergency the person acts first; what the computer can tell is gathered for the ticket.
      if (at.page.page === "hand_over" && at.page.unmeasured) {
        this.#measurement = this.#backend.measure(at.reference, () => undefined);
        try {
          at = await this.#measurement;
        } catch {
          // The ticket matters more than the measurements, and says itself what was not measured.
        }
      }
      return { at: "review", view: await this.#backend.review(at.reference), of: at };
    }, t("ui-doing-review"));
  }

  /** Resolves with whether it worked, so that an editor closes only then. */
  changeReview(change: Partial<ReviewChange>): Promise<boolean> {
    const reference = this.#reference();
    const whole: ReviewChange = { words: null, priority: null, contact: null, removed: null, readable: null, ...change };
    return this.#step(t("ui-doing-change"), async () => {
      const view = await this.#backend.changeReview(reference, whole);
      if (this.screen.at === "review" && this.screen.of.reference === reference) this.screen = { ...this.screen, view };
    });
  }

  readFile(name: string): Promise<void> {
    const of = this.openCase;
    if (of === undefined) return this.home();
    return this.#go(async () => ({ at: "file", view: await this.#backend.reviewFile(of.reference, name), of }), t("ui-doing-file"));
  }

  submit(): Promise<void> {
    const reference = this.#reference();
    return this.#go(async () => {
      const view = await this.#backend.submit(reference);
      await this.#refreshShell();
      return { at: "case", view };
    }, t("ui-doing-submit"));
  }

  /** Tries at once to file a ticket that waits; resolves with whether it was tried. Where the person is, they stay. */
  sendAgain(reference: string): Promise<boolean> {
    return this.#step(t("ui-doing-submit"), async () => {
      const view = await this.#backend.submit(reference);
      await this.#refreshShell();
      const screen = this.screen;
      if (screen.at === "case" && screen.view.reference === reference) this.screen = { at: "case", view };
      if (screen.at === "outbox") this.screen = { at: "outbox", rows: await this.#backend.outbox() };
      if (view.page.page === "sent") this.say(view.page.sent.state_text);
    });
  }

  async openFolder(reference: string): Promise<void> {
    await this.#step(undefined, () => this.#backend.openFolder(reference));
  }

  /** Tries the step again that led to the error page. */
  async retry(): Promise<void> {
    await (this.#retry?.() ?? this.start());
  }

  /** Has something read out. Saying the same again is heard again. */
  say(text: string): void {
    this.said = this.said === text ? `${text}\u00a0` : text;
  }

  #reference(): string {
    return this.openCase?.reference ?? "";
  }

  #measuring(): string | undefined {
    const screen = this.screen;
    if (screen.at !== "case") return undefined;
    const page = screen.view.page;
    return page.page === "checking" || (page.page === "hand_over" && page.unmeasured) ? screen.view.reference : undefined;
  }

  /**
   * Goes to another page. While a step is under way, a second press does nothing; ways out (`always`) are open all
   * the time, and what was under way then no longer moves the person.
   */
  async #go(load: () => Promise<Screen>, doing?: string, always = false): Promise<void> {
    if (this.doing !== undefined && !always) return;
    const visit = ++this.#visit;
    this.trouble = undefined;
    this.doing = undefined;
    this.#begin(doing);
    try {
      const screen = await load();
      if (visit === this.#visit) this.screen = screen;
    } catch (thrown) {
      if (visit !== this.#visit) return;
      const error = toError(thrown);
      if (this.screen.at === "starting" || this.screen.at === "error") {
        this.#retry = () => this.#go(load, doing, always);
        this.screen = { at: "error", error };
      } else {
        this.trouble = error;
      }
    } finally {
      if (visit === this.#visit) this.#end();
    }
  }

  /** Does something and stays on the page. */
  async #step(doing: string | undefined, work: () => Promise<void>): Promise<boolean> {
    if (this.doing !== undefined) return false;
    const visit = this.#visit;
    this.trouble = undefined;
    this.#begin(doing);
    try {
      await work();
      return true;
    } catch (thrown) {
      // Elsewhere by now, nobody would know what it is about.
      if (visit === this.#visit) this.trouble = toError(thrown);
      return false;
    } finally {
      if (doing !== undefined && visit === this.#visit) this.#end();
    }
  }

  #begin(doing: string | undefined): void {
    if (doing === undefined) return;
    this.doing = doing;
    // Most steps are done before anybody could have heard that they have begun.
    this.#patience = setTimeout(() => {
      this.say(doing);
    }, 600);
  }

  #end(): void {
    clearTimeout(this.#patience);
    this.doing = undefined;
  }

  async #refreshShell(): Promise<void> {
    this.#useShell(await this.#backend.shell());
  }

  #useShell(shell: ShellView): void {
    this.shell = shell;
    setLanguage(shell.language);
  }
}

/** What tells two pages of the same kind apart. */
function within(page: CasePage): string[] {
  switch (page.page) {
    case "question":
      return [page.id];
    case "measure":
      return [page.subject];
    case "finding":
      return [page.cause, page.fix.id];
    case "hand_over":
      return page.question === null ? [] : [page.question.id];
    case "checking":
      return [page.purpose];
    case "fix":
      return [page.fix.id];
    default:
      return [];
  }
}

/** An error in words. What the application has no words for keeps its text, for support. */
export function toError(thrown: unknown): ErrorView {
  if (isErrorView(thrown)) return thrown;
  return {
    code: thrown instanceof Error ? thrown.message : typeof thrown === "string" ? thrown : JSON.stringify(thrown),
    happened: t("ui-error-unexpected"),
    means: t("ui-error-unexpected-means"),
    todo: t("ui-error-unexpected-todo"),
  };
}
