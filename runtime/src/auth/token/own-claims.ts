/**
 * The two claims that no standard names: the caller's organisation and tier. Each provider calls them differently, so
 * a name in the options is easily mistyped. Every payer would then have the default tier, so what cannot be used is
 * told.
 */
import type { UnusableClaim } from '../events';

type Claims = Readonly<Record<string, unknown>>;
type Problem = UnusableClaim['problem'];

/** A claim's text, or why there is none. */
export type OwnClaim =
  | { readonly text: string }
  /** `absent`: the claim says nothing. Otherwise it says something that is no text. */
  | { readonly text?: undefined; readonly problem: Problem; readonly absent: boolean };

/** Reads a claim that should be a text. `null` and an empty text say nothing, as a claim that is not there. */
export function ownClaim(claims: Claims, name: string): OwnClaim {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (value === undefined || value === null || value === '')
    return { problem: isNested(claims, name) ? 'nested' : 'missing', absent: true };
  if (typeof value === 'string') return { text: value };
  const isObject = typeof value === 'object' && !Array.isArray(value);
  return { problem: isObject ? 'nested' : 'wrong_type', absent: false };
}

/** Whether the claim is inside another one, under its name or the last part of a path such as `app_metadata.tier`. */
function isNested(claims: Claims, name: string): boolean {
  const last = name.slice(name.lastIndexOf('.') + 1);
  const holds = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    (Object.hasOwn(value, name) || Object.hasOwn(value, last) || Object.values(value).some(holds));
  return Object.values(claims).some(holds);
}
