import type { Route } from '../policy';
import { spellings, type PatternPart } from '../policy/route-pattern';

/** The ends of a route's ARNs, `GET/users/*`, as an IAM policy names them: for each method and spelling. */
export function resourcesOf(route: Route): readonly string[] {
  return withMethods(route, spellings(route.path, iamPart), '');
}

/** HEAD is GET, here as in the app. */
export function withMethods({ method }: Route, paths: readonly string[], separator: string): string[] {
  const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
  return methods.flatMap((name) => paths.map((path) => `${name}${separator}${path}`));
}

function iamPart(part: PatternPart): string {
  return part.type === 'text' ? part.value : '*';
}
