/**
 * Route patterns, read with the router's own parser (path-to-regexp 8, as in Express 5), so that a path
 * is the same route here, in the gateway and in the app.
 */
import { parse, pathToRegexp, type Token } from 'path-to-regexp';
import type { Wildcards } from './ambiguous-path';

/** Tells whether a request's raw, still encoded path is this route, as Express' default router decides it. */
export type PathMatcher = (rawPath: string) => boolean;

/**
 * Compiles a pattern with the options of an Express router that was given none: letters of either case,
 * one optional trailing slash, the whole path.
 *
 * @throws TypeError if the pattern is not valid path-to-regexp 8 syntax.
 */
export function compilePattern(pattern: string): PathMatcher {
  const { regexp } = pathToRegexp(pattern, AS_A_ROUTER);
  return (rawPath) => regexp.test(rawPath);
}

const AS_A_ROUTER = { sensitive: false, trailing: true, end: true };

const read = new Map<string, Wildcards>();

/** Where the wildcards of a policy's pattern are. Worked out once for each pattern. */
export function wildcardsOf(pattern: string): Wildcards {
  let wildcards = read.get(pattern);
  if (wildcards === undefined) {
    const { regexp, keys } = pathToRegexp(pattern, AS_A_ROUTER);
    const groups = keys.flatMap(({ type }, index) => (type === 'wildcard' ? [index + 1] : []));
    wildcards = { source: regexp.source, groups };
    read.set(pattern, wildcards);
  }
  return wildcards;
}

/** These characters stand for a parameter and a wildcard. No path holds them: the HTTP parser refuses both. */
const PARAMETER = '\u0000';
const WILDCARD = '\u0001';

/**
 * Whether some path may match both: two routes of one method that overlap would have two costs for one request.
 * Where that is hard to tell (several parameters in a segment, what follows a wildcard) the answer is yes.
 */
export function patternsOverlap(first: string, second: string): boolean {
  return alternatives(first).some((a) => alternatives(second).some((b) => segmentsOverlap(a, b)));
}

function segmentsOverlap([a, ...restA]: readonly string[], [b, ...restB]: readonly string[]): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.includes(WILDCARD) || b.includes(WILDCARD)) return true;
  return segmentOverlaps(a, b) && segmentsOverlap(restA, restB);
}

function segmentOverlaps(a: string, b: string): boolean {
  const aroundA = a.split(PARAMETER);
  const aroundB = b.split(PARAMETER);
  if (aroundA.length === 1 && aroundB.length === 1) return a === b;
  return (
    agree(aroundA.at(0), aroundB.at(0), (text, start) => text.startsWith(start)) &&
    agree(aroundA.at(-1), aroundB.at(-1), (text, end) => text.endsWith(end))
  );
}

function agree(a = '', b = '', holds: (text: string, part: string) => boolean): boolean {
  return holds(a, b) || holds(b, a);
}

/** Each spelling as its segments, in lower case. */
function alternatives(pattern: string): string[][] {
  return spellings(pattern, (token) => {
    if (token.type === 'text') return token.value.toLowerCase();
    return token.type === 'param' ? PARAMETER : WILDCARD;
  }).map((text) => text.replace(/(?<=.)\/$/, '').split('/'));
}

/** What a pattern is made of, its optional groups aside. */
export type PatternPart = Exclude<Token, { type: 'group' }>;

/**
 * Spells a pattern in another notation, as a gateway's or an IAM policy's. A pattern with n optional groups has up
 * to 2^n spellings.
 */
export function spellings(pattern: string, spell: (part: PatternPart) => string): string[] {
  const expand = (tokens: readonly Token[]): string[] =>
    tokens.reduce<string[]>(
      (variants, token) => variants.flatMap((variant) => each(token).map((text) => variant + text)),
      [''],
    );
  const each = (token: Token): string[] =>
    token.type === 'group' ? ['', ...expand(token.tokens)] : [spell(token)];
  return expand(parse(pattern).tokens);
}
