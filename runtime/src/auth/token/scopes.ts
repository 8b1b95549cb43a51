import { TokenError } from '../errors';
import { itemsOf, placeOf, shownPath, valueAt } from '../claim-path';

/** `scope` (RFC 8693 §4.2), or, where that is absent, `scp`, as some providers call it. */
const USUAL = [['scope'], ['scp']] as const;

/**
 * The scopes a token grants. Each claim may be a string with spaces, or a list, as some providers write it.
 *
 * @param paths the claims that grant, all of them together. @default `scope`, or else `scp`
 * @throws TokenError if a claim has another shape.
 */
export function scopesOf(
  claims: Readonly<Record<string, unknown>>,
  paths?: readonly (readonly string[])[],
): readonly string[] {
  const granting = paths ?? USUAL.filter((path) => valueAt(claims, path) !== undefined).slice(0, 1);
  const different = new Set(granting.flatMap((path) => scopesAt(claims, path)));
  different.delete('');
  return [...different];
}

function scopesAt(claims: Readonly<Record<string, unknown>>, path: readonly string[]): readonly string[] {
  const { place, isOfEvery } = placeOf(path);
  const granted = valueAt(claims, place) ?? '';
  const names = isOfEvery ? itemsOf(granted) : undefined;
  if (names !== undefined) return names;
  if (typeof granted === 'string') return granted.split(' ');
  const isList = Array.isArray(granted) && granted.every((scope) => typeof scope === 'string');
  if (isList) return granted;
  throw new TokenError('bad_claim', `${shownPath(path)} is not a string or a list of strings`);
}
