/** The requests of two policies, cut into those that each of them treats alike: by the route that they are, before and after. */
import type { Policy, Route } from '@portcullis/runtime/policy';
import { findPath } from './find-path';
import { beginningOf, includes, languageOf, type Language } from './language';

/** Requests that are one route before and one after; either may be missing: not listed, so denied. */
export interface Cell {
  readonly was: Route | undefined;
  readonly will: Route | undefined;
  readonly method: string;
  /** The pattern that a reader knows it by: that of the new policy, where it lists the requests. */
  readonly pattern: string;
  /** A path of such a request. */
  readonly path: string;
  /** Whether the version that does not list it has a wildcard there: an encoded slash in it is refused by itself (400). */
  readonly isAmbiguous: boolean;
}

/** Both readings of a pattern where Express' own is intricate. */
interface Paths {
  readonly route: Route;
  readonly atMost: Language;
  readonly atLeast: Language;
  readonly beginning: string;
}

/**
 * Every cell that some request is in. Routes of one policy never overlap, so what both list with the same pattern overlaps
 * with no other route of either: only the patterns that came and went are held against each other.
 */
export function cellsOf(was: Policy, will: Policy): Cell[] {
  const kept = will.routes.flatMap((route) => {
    const before = was.routes.find((other) => isSamePattern(other, route));
    return before === undefined ? [] : [{ before, route }];
  });
  const gone = was.routes.filter((route) => !kept.some(({ before }) => before === route)).map(pathsOf);
  const come = will.routes.filter((route) => !kept.some((one) => one.route === route)).map(pathsOf);
  return [
    ...kept.flatMap(({ before, route }) => found(was, will, before, route, [pathsOf(route)], [])),
    ...come.flatMap((paths) => {
      const overlapping = gone.filter((other) => mayOverlap(other, paths));
      return [
        ...overlapping.flatMap((other) => found(was, will, other.route, paths.route, [other, paths], [])),
        ...found(was, will, undefined, paths.route, [paths], overlapping),
      ];
    }),
    ...gone.flatMap((paths) => {
      const overlapping = come.filter((other) => mayOverlap(other, paths));
      return found(was, will, paths.route, undefined, [paths], overlapping);
    }),
  ];
}

/** Most do not, and to find that out by their machines takes longer. */
function mayOverlap(one: Paths, other: Paths): boolean {
  const [a, b] = [one.beginning, other.beginning];
  return one.route.method === other.route.method && (a.startsWith(b) || b.startsWith(a));
}

function found(
  was: Policy,
  will: Policy,
  before: Route | undefined,
  after: Route | undefined,
  inside: readonly Paths[],
  outside: readonly Paths[],
): Cell[] {
  const route = after ?? before;
  if (route === undefined) return [];
  const { method, path: pattern } = route;
  const isThere = (path: string): boolean =>
    listedBy(was, method, path) === before && listedBy(will, method, path) === after;
  const path = findPath(
    inside.map(({ atMost }) => atMost),
    outside.map(({ atLeast }) => atLeast),
    isThere,
  );
  if (path === undefined) return [];
  const isAmbiguous =
    (before === undefined && was.match(method, path) !== undefined) ||
    (after === undefined && will.match(method, path) !== undefined);
  return [{ was: before, will: after, method, pattern, path, isAmbiguous }];
}

/** The route that lists a request; none where its path is refused as ambiguous. */
function listedBy(policy: Policy, method: string, path: string): Route | undefined {
  const route = policy.match(method, path);
  return route !== undefined && includes(atMostOf(route.path), path) ? route : undefined;
}

function isSamePattern(a: Route, b: Route): boolean {
  return a.method === b.method && a.path === b.path;
}

const read = new Map<string, Language>();

function atMostOf(pattern: string): Language {
  const known = read.get(pattern) ?? languageOf(pattern, false);
  read.set(pattern, known);
  return known;
}

const pathsOf = (route: Route): Paths => ({
  route,
  atMost: atMostOf(route.path),
  atLeast: languageOf(route.path, true),
  beginning: beginningOf(route.path),
});
