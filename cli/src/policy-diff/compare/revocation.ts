import type { PolicyChange } from '../change';
import type { Cell } from '../paths/cells';
import { keyOf } from './access';

/** Who is let in while it is not known what was revoked, and was not; and the reverse. */
export function revocationChanges(cell: Cell): PolicyChange[] {
  const { was, will, method, path } = cell;
  // On a public route no token is read, so no revocation either.
  if (was === undefined || will === undefined || was.public || will.public) return [];
  if (was.sensitive === will.sensitive) return [];
  const isWidening = was.sensitive;
  const scopes = [...new Set([...will.scopes, ...was.scopes])];
  return [
    {
      direction: isWidening ? 'widening' : 'narrowing',
      aspect: 'revocation',
      grade: isWidening ? 'danger' : 'notice',
      routes: [keyOf(cell)],
      who: [scopes.length === 0 ? 'any token' : `tokens with ${scopes.join(', ')}`],
      sentence: isWidening
        ? 'is no longer sensitive: open while revocations are not known'
        : 'becomes sensitive: closed while revocations are not known',
      witness: {
        method,
        path,
        caller: { kind: 'token', scopes },
        circumstance: 'revocations cannot be read',
        was: isWidening ? 'temporarily_unavailable' : 'let in',
        will: isWidening ? 'let in' : 'temporarily_unavailable',
      },
    },
  ];
}
