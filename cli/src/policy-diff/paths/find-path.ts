import { accepts, ENCODED_SLASH, next, START, type Language, type State } from './language';

/** What stands for a parameter, if no text of a pattern has it: the signs that do are tried after it. */
const FILLERS = Array.from('1234567890xyzabcdefghijklmnopqrstuvw');

/** Signs that a path may hold beside those, as they are. A backslash, a query and a fragment are refused or cut off. */
const OTHERS = Array.from('-_~.!$&\'()*+,;=:@%|"<>^`{}[]');

/** How often a state is visited: the real matcher may refuse the first path that leads there. */
const VISITS = 6;

interface Place {
  readonly path: string;
  readonly inside: readonly State[];
  readonly outside: readonly State[];
}

/**
 * A short path that is one of all `inside` and none of `outside`, and that `holds` agrees to; nothing where there is none.
 *
 * @param holds the matcher that decides in the end.
 */
export function findPath(
  inside: readonly Language[],
  outside: readonly Language[],
  holds: (path: string) => boolean,
): string | undefined {
  // Some servers make one slash of two: only where there is no other path.
  return search(inside, outside, holds, false) ?? search(inside, outside, holds, true);
}

function search(
  inside: readonly Language[],
  outside: readonly Language[],
  holds: (path: string) => boolean,
  mayRepeatSlashes: boolean,
): string | undefined {
  const signs = signsFor([...inside, ...outside]);
  const visits = new Map<string, number>();
  let places: Place[] = [{ path: '', inside: inside.map(() => START), outside: outside.map(() => START) }];
  while (places.length > 0) {
    const reached: Place[] = [];
    for (const place of places) {
      for (const sign of signs) {
        const states = inside.map((language, index) => next(language, place.inside[index] ?? [], sign));
        if (states.some((state) => state.length === 0)) continue;
        const path = place.path + (sign === ENCODED_SLASH ? '%2F' : sign);
        if (sign === '/' && (endsInDots(place.path) || (place.path.endsWith('/') && !mayRepeatSlashes)))
          continue;
        const others = outside.map((language, index) => next(language, place.outside[index] ?? [], sign));
        const isFound =
          inside.every((language, index) => accepts(language, states[index] ?? [])) &&
          !outside.some((language, index) => accepts(language, others[index] ?? []));
        if (isFound && !endsInDots(path) && holds(path)) return path;
        const key = JSON.stringify([states, others, dotsAtEnd(path)]);
        const seen = visits.get(key) ?? 0;
        if (seen >= VISITS) continue;
        visits.set(key, seen + 1);
        reached.push({ path, inside: states, outside: others });
      }
    }
    places = reached;
  }
  return undefined;
}

/** Dot segments are refused on every route. */
const endsInDots = (path: string): boolean => /\/\.{1,2}$/.test(path);
const dotsAtEnd = (path: string): string => /(?:^|\/)(\.{0,3})$/.exec(path)?.[1] ?? '-';

/** One sign for all that no text holds; those of the texts; slashes last, so that a parameter gets something plain. */
function signsFor(languages: readonly Language[]): string[] {
  const used = new Set(languages.flatMap(({ signs }) => [...signs]));
  const filler = FILLERS.find((sign) => !used.has(sign));
  const spare = OTHERS.find((sign) => sign !== '%' && sign !== '.' && !used.has(sign));
  const ofTexts = [...FILLERS, ...OTHERS].filter((sign) => used.has(sign));
  return [
    ...(filler === undefined ? [] : [filler]),
    ...ofTexts,
    ...(spare === undefined ? [] : [spare]),
    '/',
    ENCODED_SLASH,
  ];
}
