/** A report's texts are the attacker's: names, URLs and evidence come from the scanned host. */
import type { Place } from './report';

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

/** At most `shown` places, as in `GET /a, POST /b and 3 more`. */
export function describePlaces(places: readonly Place[], count: number, shown = 3): string {
  const listed = places.slice(0, shown).map(({ method, url }) => `${method} ${url}`.trim());
  const more = Math.max(count, places.length) - listed.length;
  if (listed.length === 0) return count > 0 ? `${count} not listed` : '';
  return more > 0 ? `${listed.join(', ')} and ${more} more` : listed.join(', ');
}
