/** Texts of others, fit for a terminal and for Markdown: names, URLs and values are an attacker's to choose. */

/** Everything that moves a cursor, hides or reorders text becomes `?`, and what is long is cut. */
export function plain(text: string, longest = 200): string {
  const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, '?');
  return visible.length > longest ? `${visible.slice(0, longest - 1)}…` : visible;
}

/** For a cell of a Markdown table: no link, image, HTML, mention or issue reference can come of it. */
export function markdownCell(text: string, longest?: number): string {
  return plain(text, longest)
    .replace(/[\\`*_{}[\]()<>#+!|~&:]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('@', '&#64;')
    .replace(/www\./gi, 'www&#46;');
}
