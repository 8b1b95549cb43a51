/** Makes names, URLs and values safe for a terminal and for Markdown: an attacker may have chosen them. */

/** Replaces every character that moves a cursor, hides or reorders text by `?`, and cuts long text. */
export function plain(text: string, longest = 200): string {
  const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, '?');
  return visible.length > longest ? `${visible.slice(0, longest - 1)}…` : visible;
}

/** For a cell of a Markdown table: the text can make no link, image, HTML, mention or issue reference. */
export function markdownCell(text: string, longest?: number): string {
  return plain(text, longest)
    .replace(/[\\`*_{}[\]()<>#+!|~&:]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('@', '&#64;')
    .replace(/www\./gi, 'www&#46;');
}
