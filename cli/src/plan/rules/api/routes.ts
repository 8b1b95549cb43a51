import type { Remark } from '../../grade';
import type { Route } from './record';
import { admitsMore, limits } from './tiers';

function keyOf({ method, path }: Route): string {
  return `${method} ${path}`;
}

/** A route is weaker when it is public, asks for fewer scopes, costs less, or stays open in an outage. */
export function compareRoutes(was: readonly Route[], will: readonly Route[]): Remark[] {
  const gone = was.filter((route) => !will.some((other) => keyOf(other) === keyOf(route)));
  return [
    ...gone.map((route): Remark => ({
      grade: 'notice',
      sentence: `route ${keyOf(route)} is no longer listed: denied`,
    })),
    ...will.flatMap((route) =>
      compareRoute(
        keyOf(route),
        was.find((other) => keyOf(other) === keyOf(route)),
        route,
      ),
    ),
  ];
}

function compareRoute(key: string, was: Route | undefined, will: Route): Remark[] {
  if (!was) return [newRoute(will)];
  const remarks: Remark[] = [];
  const lost = was.scopes.filter((scope) => !will.scopes.includes(scope));
  const gained = will.scopes.filter((scope) => !was.scopes.includes(scope));
  if (will.public && !was.public)
    remarks.push({ grade: 'danger', sentence: `route ${key} becomes public: no token is asked for` });
  else if (was.public && !will.public)
    remarks.push({ grade: 'notice', sentence: `route ${key} is no longer public` });
  if (!will.public && will.scopes.length === 0 && lost.length > 0) {
    remarks.push({ grade: 'danger', sentence: `route ${key} has no scope any more: any token gets in` });
  } else if (lost.length > 0) {
    remarks.push({ grade: 'danger', sentence: `route ${key} no longer asks for ${lost.join(', ')}` });
  }
  if (gained.length > 0)
    remarks.push({ grade: 'notice', sentence: `route ${key} asks for ${gained.join(', ')} too` });
  if (was.cost !== will.cost) {
    const grade = will.cost < was.cost ? 'danger' : 'notice';
    remarks.push({ grade, sentence: `route ${key} costs ${was.cost} → ${will.cost}` });
  }
  remarks.push(...compareLimits(key, was, will));
  if (was.limit !== undefined && was.limit !== will.limit) {
    remarks.push(
      will.limit
        ? { grade: 'notice', sentence: `calls of route ${key} are counted by network` }
        : { grade: 'danger', sentence: `calls of route ${key} are no longer counted` },
    );
  }
  if (was.onStoreFailure !== will.onStoreFailure) {
    const grade = will.onStoreFailure === 'open' ? 'danger' : 'notice';
    remarks.push({
      grade,
      sentence: `route ${key} without a store: ${was.onStoreFailure} → ${will.onStoreFailure}`,
    });
  }
  if (was.sensitive !== will.sensitive) {
    remarks.push(
      will.sensitive
        ? { grade: 'notice', sentence: `route ${key} becomes sensitive` }
        : {
            grade: 'danger',
            sentence: `route ${key} is no longer sensitive: open while revocations are not known`,
          },
    );
  }
  return remarks;
}

/** Of the route's own limits, and of those of tiers that its calls are held to. */
function compareLimits(key: string, was: Route, will: Route): Remark[] {
  const remarks: Remark[] = [];
  if (was.shadow !== will.shadow) {
    remarks.push(
      will.shadow
        ? { grade: 'danger', sentence: `route ${key} goes into shadow: no limit refuses its calls` }
        : { grade: 'notice', sentence: `route ${key} leaves shadow: limits refuse its calls` },
    );
  }
  const [from, to] = [limits(was.limits), limits(will.limits)];
  if (from !== to) {
    remarks.push({
      grade: admitsMore(was.limits ?? [], will.limits ?? []) ? 'danger' : 'notice',
      sentence: `route ${key} has limits of its own: ${from || 'none'} → ${to || 'none'}`,
    });
  }
  return remarks;
}

function newRoute(route: Route): Remark {
  const key = keyOf(route);
  if (route.public) return { grade: 'danger', sentence: `new route ${key} is public: no token is asked for` };
  if (route.scopes.length === 0) {
    return { grade: 'danger', sentence: `route ${key} has no scope: any token gets in` };
  }
  return { grade: 'notice', sentence: `new route ${key} asks for ${route.scopes.join(', ')}` };
}

/** Routes of a new environment that everyone can reach, or everyone with a token. */
export function openRoutes(routes: readonly Route[]): Remark[] {
  const open = routes.filter((route) => route.public).map(keyOf);
  const unscoped = routes.filter((route) => !route.public && route.scopes.length === 0);
  return [
    ...(open.length > 0 ? [{ grade: 'notice', sentence: `public routes: ${open.join(', ')}` } as const] : []),
    ...unscoped.map(newRoute),
  ];
}
