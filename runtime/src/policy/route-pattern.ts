/**
 * Route patterns, read with the router's own parser (path-to-regexp 8, as in Express 5), so that a path
 * is the same route here, in the gateway and in the app.
 */
import { parse, pathToRegexp, type Token } from 'path-to-regexp';

/** Tells whether a request's raw, still encoded path is this route, as Express' default router decides it. */
export type PathMatcher = (rawPath: string) => boolean;

/**
 * Compiles a pattern with the options of an Express router that was given none: letters of either case,
 * one optional trailing slash, the whole path.
 *
 * @throws TypeError if the pattern is not valid path-to-regexp 8 syntax.
 */
export function compilePattern(pattern: string): PathMatcher {
  const { regexp } = pathToRegexp(pattern, { sensitive: false, trailing: true, end: true });
  return (rawPath) => regexp.test(rawPath);
}

/** Stand for a parameter and a wildcard in a pattern's text. No path holds them: the HTTP parser refuses both. */
const PARAMETER = '\u0000';
const WILDCARD = '\u0001';

/**
 * Whether some path may be both: two routes of one method that overlap would have two costs for one
 * request. Where that is hard to say (several parameters in a segment, what follows a wildcard) it says yes.
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

/** A pattern with n optional groups is up to 2^n plain ones; each is given as its segments, in lower case. */
function alternatives(pattern: string): string[][] {
  return expand(parse(pattern).tokens).map((text) => text.replace(/(?<=.)\/$/, '').split('/'));
}

function expand(tokens: readonly Token[]): string[] {
  return tokens.reduce<string[]>(
    (variants, token) => variants.flatMap((variant) => alternativesOf(token).map((text) => variant + text)),
    [''],
  );
}

function alternativesOf(token: Token): string[] {
  switch (token.type) {
    case 'text':
      return [token.value.toLowerCase()];
    case 'param':
      return [PARAMETER];
    case 'wildcard':
      return [WILDCARD];
    case 'group':
      return ['', ...expand(token.tokens)];
  }
}
