/**
 * A backend that replays recorded views and remembers what it was asked.
 *
 * It knows nothing about guides: what an action leads to is set by the test, by assigning `next`.
 */
import type { Backend } from "../lib/backend";
import type { CaseAction } from "../lib/backend/types/CaseAction";
import type { CasePage } from "../lib/backend/types/CasePage";
import type { CaseView } from "../lib/backend/types/CaseView";
import type { FoldersView } from "../lib/backend/types/FoldersView";
import type { FileView } from "../lib/backend/types/FileView";
import type { HitView } from "../lib/backend/types/HitView";
import type { HomeView } from "../lib/backend/types/HomeView";
import type { ReviewChange } from "../lib/backend/types/ReviewChange";
import type { ReviewView } from "../lib/backend/types/ReviewView";
import type { RowUpdate } from "../lib/backend/types/RowUpdate";
import type { Settings } from "../lib/backend/types/Settings";
import type { ShellView } from "../lib/backend/types/ShellView";
import type { TicketRow } from "../lib/backend/types/TicketRow";
import type { Language } from "../lib/text/index.svelte";
import { caseOn, views, type Views } from "./views";

export class FakeBackend implements Backend {
  /** Every call: the name of the command and what came with it. */
  readonly calls: [string, ...unknown[]][] = [];
  /** The page that opening, starting or acting leads to. */
  next: CasePage;
  /** Thrown by the next call of the command with this name. */
  readonly failures = new Map<string, unknown>();
  views: Views;

  #language: Language;
  #finishMeasuring: (() => void) | undefined;
  /** The largest folders, where the person agreed to look for them. */
  folders: FoldersView | null = null;
  #onRow: ((update: RowUpdate) => void) | undefined;

  constructor(language: Language = "de") {
    this.#language = language;
    this.views = views(language);
    this.next = this.views.pages.checking;
  }

  shell(): Promise<ShellView> {
    return this.#answer("shell", [], this.views.shell);
  }

  setSettings(settings: Settings): Promise<ShellView> {
    if (settings.language === "de" || settings.language === "en") {
      this.#language = settings.language;
      this.views = views(settings.language);
    }
    this.views.shell = { ...this.views.shell, settings };
    return this.#answer("set_settings", [settings], this.views.shell);
  }

  home(): Promise<HomeView> {
    return this.#answer("home", [], this.views.home);
  }

  search(text: string): Promise<HitView[]> {
    return this.#answer("search", [text], this.views.hits);
  }

  startCase(guide: string, words: string): Promise<CaseView> {
    return this.#answer("start_case", [guide, words], this.#case());
  }

  openCase(reference: string): Promise<CaseView> {
    return this.#answer("open_case", [reference], this.#case());
  }

  act(reference: string, action: CaseAction): Promise<CaseView> {
    return this.#answer("act", [reference, action], this.#case());
  }

  /** Goes on until `finish` or a cancel. */
  async measure(reference: string, onRow: (update: RowUpdate) => void): Promise<CaseView> {
    this.#onRow = onRow;
    await this.#answer("measure", [reference], undefined);
    await new Promise<void>((resolve) => {
      this.#finishMeasuring = resolve;
    });
    return this.#case();
  }

  /** A row that the running measurement reports. */
  report(update: RowUpdate): void {
    this.#onRow?.(update);
  }

  /** Ends the running measurement; it leads to this page. */
  finish(page: CasePage): void {
    this.next = page;
    this.#finishMeasuring?.();
  }

  async cancel(reference: string): Promise<void> {
    await this.#answer("cancel", [reference], undefined);
    this.#finishMeasuring?.();
  }

  review(reference: string): Promise<ReviewView> {
    return this.#answer("review", [reference], this.views.review);
  }

  changeReview(reference: string, change: ReviewChange): Promise<ReviewView> {
    const review = this.views.review;
    this.views.review = {
      ...review,
      words: change.words ?? review.words,
      priority: change.priority ?? review.priority,
      contact: change.contact ?? review.contact,
      values: change.readable === null ? review.values : review.values.map((each) => ({ ...each, readable: change.readable?.includes(each.placeholder) ?? false })),
      files: change.removed === null ? review.files : review.files.map((file) => ({ ...file, removed: change.removed?.includes(file.name) ?? false })),
    };
    return this.#answer("change_review", [reference, change], this.views.review);
  }

  reviewFile(reference: string, name: string): Promise<FileView> {
    return this.#answer("review_file", [reference, name], { ...this.views.file, name });
  }

  submit(reference: string): Promise<CaseView> {
    return this.#answer("submit", [reference], caseOn(this.views.pages.sent, this.#language));
  }

  outbox(): Promise<TicketRow[]> {
    return this.#answer("outbox", [], this.views.tickets);
  }

  async openFolder(reference: string): Promise<void> {
    await this.#answer("open_folder", [reference], undefined);
  }

  /** Not remembered: nothing a person does leads to it. */
  painted(): Promise<void> {
    return Promise.resolve();
  }

  #case(): CaseView {
    return caseOn(this.next, this.#language, this.folders);
  }

  #answer<View>(name: string, values: unknown[], view: View): Promise<View> {
    this.calls.push([name, ...values]);
    if (this.failures.has(name)) {
      const failure = this.failures.get(name);
      this.failures.delete(name);
      // Errors cross the door as plain objects.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(failure);
    }
    return Promise.resolve(view);
  }
}
