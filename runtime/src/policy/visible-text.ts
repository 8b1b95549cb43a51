/** Spaces are no text; nor are controls, formats, unassigned characters, fillers and the blank of Braille. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** What a reader sees of a text, in one line. Of a reason that nobody can read, nothing is left. */
export function visibleText(text: string): string {
  return text.replace(/\s+/g, ' ').replace(UNSEEN, '').trim();
}
