import { plain } from '../terminal/text';
import type { RealmChange } from './reconcile';

/** Each change in a line, its fields below. Names come from Keycloak, and whoever may write there. */
export function renderChanges(realm: string, changes: readonly RealmChange[], verb: string): string {
  if (changes.length === 0) return `${realm}: everything is as it has to be.`;
  const lines = changes.flatMap(({ action, subject, fields }) => [
    `  ${action.padEnd(6)}  ${plain(subject, 200)}`,
    ...fields.map((field) => `            ${plain(field, 300)}`),
  ]);
  const count = changes.length === 1 ? '1 thing' : `${changes.length} things`;
  return [`${realm}: ${verb} ${count}`, ...lines].join('\n');
}
