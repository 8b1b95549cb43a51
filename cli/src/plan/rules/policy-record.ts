/** The API's own policy, which every environment keeps a record of: tiers, routes, lifetimes. */
import { z } from 'zod';
import type { Change } from '../change';
import type { Remark } from '../grade';
import { isRecord, type Value } from '../values';
import { duration, harmless } from './judge';
import type { Rule } from './rule';

const recordSchema = z.object({
  name: z.string(),
  issuer: z.string(),
  audience: z.string(),
  tiers: z.record(z.string(), z.array(z.object({ limit: z.number(), windowSeconds: z.number() }))),
  defaultTier: z.string(),
  routes: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      scopes: z.array(z.string()),
      cost: z.number(),
      onStoreFailure: z.string(),
      sensitive: z.boolean(),
      public: z.boolean(),
    }),
  ),
  lifetimes: z.record(z.string(), z.number()),
});

type PolicyRecord = z.output<typeof recordSchema>;
type Route = PolicyRecord['routes'][number];

export const policyRecord: Rule = {
  types: ['terraform_data'],
  applies: (change) => policyOf(change.after) !== undefined || policyOf(change.before) !== undefined,
  noun: (change) => `API policy ${nameOf(policyOf(change.after) ?? policyOf(change.before))}`,
  destroyed: { grade: 'notice', loses: 'this environment no longer keeps a record of it' },
  attributes: { id: harmless, input: harmless, output: harmless, triggers_replace: harmless },
  remarks: (change) => {
    if (change.action === 'delete' || change.action === 'forget') return [];
    const was = policyOf(change.before);
    const before = was === undefined ? undefined : recordSchema.safeParse(was);
    const after = recordSchema.safeParse(policyOf(change.after));
    if (!after.success || before?.success === false) {
      return [{ grade: 'unknown', sentence: 'what it says cannot be read from the plan' }];
    }
    return compare(before?.data, after.data);
  },
};

function policyOf(attributes: Change['after']): Value | undefined {
  const input = attributes.input;
  return isRecord(input) && isRecord(input.policy) ? input.policy : undefined;
}

function nameOf(policy: Value | undefined): string {
  return isRecord(policy) && typeof policy.name === 'string' ? policy.name : '';
}

function compare(was: PolicyRecord | undefined, will: PolicyRecord): Remark[] {
  if (!was) return newRecord(will);
  return [
    ...compareTrust(was, will),
    ...compareTiers(was, will),
    ...compareLifetimes(was, will),
    ...compareRoutes(was.routes, will.routes),
  ];
}

/** Of a new environment, what everyone can reach is worth a look. */
function newRecord({ routes }: PolicyRecord): Remark[] {
  const open = routes.filter((route) => route.public).map(keyOf);
  const unscoped = routes.filter((route) => !route.public && route.scopes.length === 0);
  return [
    ...(open.length > 0 ? [{ grade: 'notice', sentence: `public routes: ${open.join(', ')}` } as const] : []),
    ...unscoped.map(newRoute),
  ];
}

function compareTrust(was: PolicyRecord, will: PolicyRecord): Remark[] {
  return (['issuer', 'audience'] as const).flatMap((name): Remark[] =>
    was[name] === will[name]
      ? []
      : [{ grade: 'danger', sentence: `trusts tokens of another ${name}: ${was[name]} → ${will[name]}` }],
  );
}

function compareTiers(was: PolicyRecord, will: PolicyRecord): Remark[] {
  const names = new Set([...Object.keys(was.tiers), ...Object.keys(will.tiers)]);
  const tiers = [...names].flatMap((name): Remark[] => {
    const [before, after] = [was.tiers[name], will.tiers[name]];
    if (!before) return [{ grade: 'notice', sentence: `new tier ${name}: ${limits(after)}` }];
    if (!after)
      return [
        { grade: 'notice', sentence: `tier ${name} is gone; its clients count as ${will.defaultTier}` },
      ];
    const [from, to] = [limits(before), limits(after)];
    if (from === to) return [];
    // "1,000 → 5,000 a minute" where the window stays, both in full where it does not.
    const [, unit] = splitLimit(to);
    const [amount, sameUnit] = splitLimit(from);
    return [
      {
        grade: admitsMore(before, after) ? 'danger' : 'notice',
        sentence: `tier ${name}: ${unit === sameUnit ? amount : from} → ${to}`,
      },
    ];
  });
  return was.defaultTier === will.defaultTier
    ? tiers
    : [...tiers, { grade: 'notice', sentence: `default tier ${was.defaultTier} → ${will.defaultTier}` }];
}

type Limits = PolicyRecord['tiers'][string];

/** Whether a window went, or has a higher limit. */
function admitsMore(was: Limits, will: Limits): boolean {
  return was.some(({ limit, windowSeconds }) => {
    const after = will.find((window) => window.windowSeconds === windowSeconds);
    return after === undefined || after.limit > limit;
  });
}

function limits(windows: Limits = []): string {
  return windows
    .map(({ limit, windowSeconds }) => `${limit.toLocaleString('en-US')} ${per(windowSeconds)}`)
    .join(', ');
}

function per(seconds: number): string {
  const units: Readonly<Record<number, string>> = {
    1: 'a second',
    60: 'a minute',
    3600: 'an hour',
    86400: 'a day',
  };
  return units[seconds] ?? `in ${duration(seconds)}`;
}

function splitLimit(text: string): [amount: string, unit: string] {
  const at = text.indexOf(' ');
  return text.includes(', ') ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

const LIFETIMES: Readonly<Record<string, string>> = {
  accessTokenSeconds: 'longest life of access tokens',
  credentialSeconds: 'life of credentials',
  rotateAtSeconds: 'age at which credentials rotate',
};

function compareLifetimes(was: PolicyRecord, will: PolicyRecord): Remark[] {
  return Object.entries(LIFETIMES).flatMap(([name, label]): Remark[] => {
    const [before = 0, after = 0] = [was.lifetimes[name], will.lifetimes[name]];
    if (before === after) return [];
    const sentence = `${label} ${duration(before)} → ${duration(after)}`;
    return [{ grade: after > before ? 'danger' : 'notice', sentence }];
  });
}

function keyOf({ method, path }: Route): string {
  return `${method} ${path}`;
}

function compareRoutes(was: readonly Route[], will: readonly Route[]): Remark[] {
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

function newRoute(route: Route): Remark {
  const key = keyOf(route);
  if (route.public) return { grade: 'danger', sentence: `new route ${key} is public: no token is asked for` };
  if (route.scopes.length === 0) {
    return { grade: 'danger', sentence: `route ${key} has no scope: any token gets in` };
  }
  return { grade: 'notice', sentence: `new route ${key} asks for ${route.scopes.join(', ')}` };
}
