import type { Place } from '../report/report';

/** At most `shown` places, as in `GET /a, POST /b and 3 more`. */
export function describePlaces(places: readonly Place[], count: number, shown = 3): string {
  const listed = places.slice(0, shown).map(({ method, url }) => `${method} ${url}`.trim());
  const more = Math.max(count, places.length) - listed.length;
  if (listed.length === 0) return count > 0 ? `${count} not listed` : '';
  return more > 0 ? `${listed.join(', ')} and ${more} more` : listed.join(', ');
}
