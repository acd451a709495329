/** How urgent it is, in the person's words, the mildest first. */
export const priorities: Record<string, string> = {
  low: "ui-priority-low",
  normal: "ui-priority-normal",
  high: "ui-priority-high",
  urgent: "ui-priority-urgent",
};
