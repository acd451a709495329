/**
 * The words of the window: Fluent messages from content/locales, the same files that the Rust side reads.
 *
 * Every text a person reads comes from here or from a view. Formatting of measured values does not belong here:
 * views carry those ready to print.
 */
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";

import de from "@locales/de/ui.ftl?raw";
import en from "@locales/en/ui.ftl?raw";

export type Language = "en" | "de";

const sources: Record<Language, string> = { en, de };

function bundle(language: Language): FluentBundle {
  // Isolation marks around arguments would be read aloud and copied along.
  const made = new FluentBundle(language, { useIsolating: false });
  made.addResource(new FluentResource(sources[language]));
  return made;
}

const bundles: Record<Language, FluentBundle> = { en: bundle("en"), de: bundle("de") };

let current = $state<Language>("en");

/** The language in force. */
export function language(): Language {
  return current;
}

/** Switches all texts to one language, `en` for any that there is no translation for. */
export function setLanguage(tag: string): void {
  current = tag === "de" || tag.startsWith("de-") ? "de" : "en";
}

/** A text by its key. A missing one shows its key, so that it is seen; a test keeps that from happening. */
export function t(key: string, values: Record<string, FluentVariable> = {}): string {
  const found = bundles[current];
  const pattern = found.getMessage(key)?.value;
  return pattern == null ? key : found.formatPattern(pattern, values, []);
}
