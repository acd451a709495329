/** Copies text, also where the engine grants a page no clipboard of its own. */
export async function copyText(text: string, shown: HTMLElement | undefined): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyShown(shown);
  }
}

/** Selects the text where it stands and copies the selection. */
function copyShown(shown: HTMLElement | undefined): boolean {
  const selection = window.getSelection();
  if (shown === undefined || selection === null) return false;
  const range = document.createRange();
  range.selectNodeContents(shown);
  selection.removeAllRanges();
  selection.addRange(range);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without the clipboard API
  return document.execCommand("copy");
}
