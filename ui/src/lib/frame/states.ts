/** What a status looks like and is called: always a shape, a word and a colour together. */
import type { IconName } from "./icons";

export type Look = { tone: string; icon: IconName; key: string };

const looks: Record<string, Look> = {
  ok: { tone: "ok", icon: "ok", key: "ui-state-ok" },
  warn: { tone: "warn", icon: "warn", key: "ui-state-warn" },
  fail: { tone: "bad", icon: "bad", key: "ui-state-fail" },
  running: { tone: "run", icon: "run", key: "ui-state-running" },
  waiting: { tone: "wait", icon: "wait", key: "ui-state-waiting" },
  unknown: { tone: "nm", icon: "nm", key: "ui-state-unknown" },
  not_applicable: { tone: "nm", icon: "minus", key: "ui-state-not-applicable" },
};

const notMeasured: Look = { tone: "nm", icon: "nm", key: "ui-state-unknown" };

/** The look of a check's status. One that the window does not know is never shown as in order. */
export function look(status: string): Look {
  return looks[status] ?? notMeasured;
}

/** The look of a ticket's state; its words come with the view. */
export function ticketLook(state: string): Omit<Look, "key"> {
  if (state === "filed") return { tone: "ok", icon: "ok" };
  if (state === "waiting") return { tone: "run still", icon: "clock" };
  return { tone: "warn", icon: "warn" };
}
