/** The drawings in Sprite.svelte. */
export const icons = [
  "search",
  "globe",
  "wifi",
  "printer",
  "sound",
  "display",
  "gauge",
  "key",
  "app",
  "phone",
  "question",
  "right",
  "left",
  "arrow",
  "ok",
  "warn",
  "bad",
  "run",
  "wait",
  "nm",
  "clock",
  "router",
  "laptop",
  "book",
  "plus",
  "cross",
  "minus",
  "eye",
  "lock",
  "copy",
  "person",
  "box",
  "wrench",
  "pulse",
  "mail",
  "folder",
  "disk",
  "window",
] as const;

export type IconName = (typeof icons)[number];

/** A drawing that a guide names, or a plain one where the window does not have it. */
export function iconOr(name: string, otherwise: IconName): IconName {
  return icons.find((known) => known === name) ?? otherwise;
}
