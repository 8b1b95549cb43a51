import { TokenError } from '../errors';

/**
 * The scopes a token grants: `scope`, a string with spaces (RFC 8693 §4.2), or, where that is absent,
 * `scp`, a string or an array, as some providers have it.
 *
 * @throws TokenError if the claim has another shape.
 */
export function scopesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
  const granted = claims.scope ?? claims.scp ?? '';
  if (typeof granted === 'string') return unique(granted.split(' '));
  const isList = Array.isArray(granted) && granted.every((scope) => typeof scope === 'string');
  if (isList && claims.scope === undefined) return unique(granted);
  throw new TokenError('bad_claim', 'scope is not a string, or scp not a string or an array of strings');
}

function unique(scopes: readonly string[]): readonly string[] {
  const different = new Set(scopes);
  different.delete('');
  return [...different];
}
