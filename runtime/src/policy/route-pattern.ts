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

/** One part of a path between slashes: fixed text, one dynamic part, or all that follows. */
type Segment = { readonly text: string } | 'parameter' | 'rest';

/** Whether some path is both: two routes of one method that overlap would have two costs for one request. */
export function patternsOverlap(first: string, second: string): boolean {
  return alternatives(first).some((a) => alternatives(second).some((b) => segmentsOverlap(a, b)));
}

function segmentsOverlap(a: readonly Segment[], b: readonly Segment[]): boolean {
  const [headA, ...tailA] = a;
  const [headB, ...tailB] = b;
  if (headA === 'rest') return b.length > 0;
  if (headB === 'rest') return a.length > 0;
  if (headA === undefined || headB === undefined) return headA === headB;
  const same = typeof headA === 'string' || typeof headB === 'string' || headA.text === headB.text;
  return same && segmentsOverlap(tailA, tailB);
}

/** A pattern with n optional groups is 2^n plain ones. */
function alternatives(pattern: string): Segment[][] {
  return expandGroups(parse(pattern).tokens).map(toSegments);
}

function expandGroups(tokens: readonly Token[]): Token[][] {
  return tokens.reduce<Token[][]>(
    (variants, token) =>
      variants.flatMap((variant) => {
        if (token.type !== 'group') return [[...variant, token]];
        return [variant, ...expandGroups(token.tokens).map((inner) => [...variant, ...inner])];
      }),
    [[]],
  );
}

/** A segment with both text and a parameter counts as a parameter: this may report an overlap too many, never one too few. */
function toSegments(tokens: readonly Token[]): Segment[] {
  const segments: Segment[] = [];
  for (const token of tokens) {
    if (token.type === 'wildcard') return [...segments.slice(0, -1), 'rest'];
    if (token.type === 'param') segments[segments.length - 1] = 'parameter';
    if (token.type === 'text') {
      const [continued = '', ...started] = token.value.toLowerCase().split('/');
      const last = segments.at(-1);
      if (last !== undefined && typeof last !== 'string')
        segments[segments.length - 1] = { text: last.text + continued };
      segments.push(...started.map((text) => ({ text })));
    }
  }
  const end = segments.at(-1);
  return typeof end === 'object' && end.text === '' && segments.length > 1 ? segments.slice(0, -1) : segments;
}
