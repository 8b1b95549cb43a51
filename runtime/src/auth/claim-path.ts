/**
 * Where a provider puts what no standard names: in a claim of its own, or inside of one. A name may hold dots and
 * slashes (`https://example.com/org`), so a path is a list of names and no text that would have to be taken apart.
 */
type Claims = Readonly<Record<string, unknown>>;

/**
 * The name of a claim, or the names from the outermost claim to the innermost: `['realm_access', 'roles']`. `'*'`
 * stands for every item of a list, or for every name of an object: `['organization', '*']` is `acme` in
 * `{ organization: { acme: {} } }` as well as in `{ organization: ['acme'] }`.
 */
export type ClaimPath = string | readonly string[];

/** Stands for every item of a list, or every name of an object. */
export const EVERY = '*';

export function namesIn(path: ClaimPath): readonly string[] {
  return typeof path === 'string' ? [path] : path;
}

/** Whether a path asks for every item of what is at its place. */
export function placeOf(path: readonly string[]): {
  readonly place: readonly string[];
  readonly isOfEvery: boolean;
} {
  const isOfEvery = path.at(-1) === EVERY;
  return { place: isOfEvery ? path.slice(0, -1) : path, isOfEvery };
}

/** As messages and events call it. */
export function shownPath(path: readonly string[]): string {
  return path.join('.');
}

/** What is there; `undefined` where nothing is. Only what a token says itself counts, nothing of JavaScript's. */
export function valueAt(claims: Claims, path: readonly string[]): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** The items of a list of texts, or the names of an object: each once, none empty. `undefined` for anything else. */
export function itemsOf(value: unknown): readonly string[] | undefined {
  const items: readonly unknown[] | undefined = Array.isArray(value)
    ? value
    : isObject(value)
      ? Object.keys(value)
      : undefined;
  if (items === undefined || !isTexts(items)) return undefined;
  const different = new Set(items);
  different.delete('');
  return [...different];
}

function isObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(items: readonly unknown[]): items is readonly string[] {
  return items.every((item) => typeof item === 'string');
}
