/** One page of a case by its name, picked from the union that Rust exports. */
import type { CasePage } from "./types/CasePage";

export type PageOf<Name extends CasePage["page"]> = Extract<CasePage, { page: Name }>;
