/** Makes names, URLs and values safe for a terminal and for Markdown: an attacker may have chosen them. */

/** Replaces every character that moves a cursor, hides or reorders text by `?`, and cuts long text. */
export function plain(text: string, longest = 200): string {
  const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, '?');
  return visible.length > longest ? `${visible.slice(0, longest - 1)}…` : visible;
}

/** Lines of at most that many columns, broken between words: a word that is longer has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** For a cell of a Markdown table: the text can make no link, image, HTML, mention or issue reference. */
export function markdownCell(text: string, longest?: number): string {
  return plain(text, longest)
    .replace(/[\\`*_{}[\]()<>#+!|~&:]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('@', '&#64;')
    .replace(/www\./gi, 'www&#46;');
}
