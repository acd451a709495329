/**
 * The only door to Tauri. Every call is a command of the application and answers with a view, ready to print.
 *
 * Nothing here decides anything: no texts, no routing, no state.
 */
import { Channel, invoke } from "@tauri-apps/api/core";

import type { CaseAction } from "./types/CaseAction";
import type { CaseView } from "./types/CaseView";
import type { ErrorView } from "./types/ErrorView";
import type { FileView } from "./types/FileView";
import type { HitView } from "./types/HitView";
import type { HomeView } from "./types/HomeView";
import type { ReviewChange } from "./types/ReviewChange";
import type { ReviewView } from "./types/ReviewView";
import type { RowUpdate } from "./types/RowUpdate";
import type { Settings } from "./types/Settings";
import type { ShellView } from "./types/ShellView";
import type { TicketRow } from "./types/TicketRow";

/** What the application can do for the window. Every call may reject with an {@link ErrorView}. */
export type Backend = {
  shell(): Promise<ShellView>;
  setSettings(settings: Settings): Promise<ShellView>;
  home(): Promise<HomeView>;
  search(text: string): Promise<HitView[]>;
  startCase(guide: string, words: string): Promise<CaseView>;
  openCase(reference: string): Promise<CaseView>;
  act(reference: string, action: CaseAction): Promise<CaseView>;
  /** Resolves with the next page when everything is measured, or when it was cancelled. */
  measure(reference: string, onRow: (update: RowUpdate) => void): Promise<CaseView>;
  cancel(reference: string): Promise<void>;
  review(reference: string): Promise<ReviewView>;
  changeReview(reference: string, change: ReviewChange): Promise<ReviewView>;
  reviewFile(reference: string, name: string): Promise<FileView>;
  submit(reference: string): Promise<CaseView>;
  outbox(): Promise<TicketRow[]>;
  openFolder(reference: string): Promise<void>;
  /** The first page is on the screen. Only a benchmark listens. */
  painted(): Promise<void>;
};

/** The application behind this window. */
export const tauri: Backend = {
  shell: () => invoke("shell"),
  setSettings: (settings) => invoke("set_settings", { settings }),
  home: () => invoke("home"),
  search: (text) => invoke("search", { text }),
  startCase: (guide, words) => invoke("start_case", { guide, words }),
  openCase: (reference) => invoke("open_case", { reference }),
  act: (reference, action) => invoke("act", { reference, action }),
  measure: (reference, onRow) => invoke("measure", { reference, onRow: new Channel<RowUpdate>(onRow) }),
  cancel: (reference) => invoke("cancel", { reference }),
  review: (reference) => invoke("review", { reference }),
  changeReview: (reference, change) => invoke("change_review", { reference, change }),
  reviewFile: (reference, name) => invoke("review_file", { reference, name }),
  submit: (reference) => invoke("submit", { reference }),
  outbox: () => invoke("outbox"),
  openFolder: (reference) => invoke("open_folder", { reference }),
  painted: () => invoke("painted"),
};

/** Whether something that was thrown is an error the application has words for. */
export function isErrorView(thrown: unknown): thrown is ErrorView {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    ["code", "happened", "means", "todo"].every((key) => typeof (thrown as Record<string, unknown>)[key] === "string")
  );
}
