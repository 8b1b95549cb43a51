/**
 * The two claims that no standard names: the caller's organisation and tier. Each provider calls them differently, so
 * a name in the options is easily mistyped. Every payer would then have the default tier, so what cannot be used is
 * told.
 */
import { TokenError } from '../errors';
import type { UnusableClaim } from '../events';
import { EVERY, itemsOf, placeOf, shownPath, valueAt } from '../claim-path';

type Claims = Readonly<Record<string, unknown>>;
type Problem = UnusableClaim['problem'];

/** More are no choice of a person's, and each has a context of its own. */
const MOST_ORGANISATIONS = 64;

export interface OwnClaimRules {
  readonly issuer: string;
  /** Where the organisation is. */
  readonly organisationPath: readonly string[];
  /** Where the tier is. {@link EVERY} before its end stands for the organisation. */
  readonly tierPath: readonly string[];
  /** The policy's tiers by name. */
  readonly tiers: Readonly<Record<string, unknown>>;
  readonly defaultTier: string;
  /** Told of a tier or an organisation that could not be used. */
  readonly onUnusable: (unusable: UnusableClaim) => void;
}

/**
 * The organisations that a token names; none where it says nothing of them.
 *
 * @throws TokenError if it says so in another shape: limits and data depend on it.
 */
export function organisationsOf(claims: Claims, rules: OwnClaimRules): readonly string[] {
  const path = rules.organisationPath;
  const found = textsAt(claims, path);
  if (found.texts.length === 0) tell(rules, 'organisation', found.problem);
  if (found.isOtherShape) {
    throw new TokenError(
      'bad_claim',
      `${shownPath(path)} is not ${path.at(-1) === EVERY ? 'a list or an object' : 'a string'}`,
    );
  }
  if (found.texts.length > MOST_ORGANISATIONS) {
    throw new TokenError(
      'bad_claim',
      `${shownPath(path)} names more than ${MOST_ORGANISATIONS} organisations`,
    );
  }
  return found.texts;
}

/** The tier of a caller who acts for this organisation; the policy's default where the token names none of its tiers. */
export function tierOf(claims: Claims, rules: OwnClaimRules, organisation: string | undefined): string {
  const { tierPath, tiers, defaultTier } = rules;
  const last = tierPath.length - 1;
  const path = tierPath.map((name, at) => (name === EVERY && at < last ? (organisation ?? '') : name));
  const found = textsAt(claims, path);
  const known = found.texts.filter((text) => Object.hasOwn(tiers, text));
  if (known.length === 1 && known[0] !== undefined) return known[0];
  tell(
    rules,
    'tier',
    known.length > 1 ? 'several' : found.texts.length > 0 ? 'unknown_value' : found.problem,
  );
  return defaultTier;
}

interface Found {
  readonly texts: readonly string[];
  /** Why there are none. */
  readonly problem: Problem;
  /** The claim says something, in another shape than was expected. */
  readonly isOtherShape: boolean;
}

/** Reads a claim that should be a text, or several. `null` and what is empty say nothing, as a claim that is not there. */
function textsAt(claims: Claims, path: readonly string[]): Found {
  const { place, isOfEvery } = placeOf(path);
  const value = valueAt(claims, place);
  if (typeof value === 'string' && value !== '' && !isOfEvery) return found([value]);
  const texts = isOfEvery ? itemsOf(value) : undefined;
  if (texts !== undefined && texts.length > 0) return found(texts);
  if (value === undefined || value === null || value === '' || texts !== undefined) {
    return { texts: [], problem: isNested(claims, place) ? 'nested' : 'missing', isOtherShape: false };
  }
  const isObject = typeof value === 'object' && !Array.isArray(value);
  return { texts: [], problem: isObject ? 'nested' : 'wrong_type', isOtherShape: true };
}

function found(texts: readonly string[]): Found {
  return { texts, problem: 'missing', isOtherShape: false };
}

/** Whether the claim is inside another one, under its name or the last part of a path such as `app_metadata.tier`. */
function isNested(claims: Claims, path: readonly string[]): boolean {
  const name = path.at(-1) ?? '';
  const last = name.slice(name.lastIndexOf('.') + 1);
  const holds = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    (Object.hasOwn(value, name) || Object.hasOwn(value, last) || Object.values(value).some(holds));
  return Object.values(claims).some(holds);
}

function tell(rules: OwnClaimRules, claim: UnusableClaim['claim'], problem: Problem): void {
  const path = claim === 'tier' ? rules.tierPath : rules.organisationPath;
  rules.onUnusable({ issuer: rules.issuer, claim, name: shownPath(path), problem });
}
