/** The API's own policy (tiers, routes, lifetimes). Every environment's state keeps a record of it. */
import type { Change } from '../../change';
import type { Remark } from '../../grade';
import { isRecord, type Value } from '../../values';
import { duration, harmless } from '../attribute-judges';
import type { Rule } from '../rule';
import { compareCors } from './cors';
import { recordSchema, type PolicyRecord } from './record';
import { compareRoutes, openRoutes } from './routes';
import { compareTiers } from './tiers';

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
  if (!was) return [...openRoutes(will.routes), ...compareCors(undefined, will.cors)];
  return [
    ...compareTrust(was, will),
    ...compareTiers(was, will),
    ...compareLifetimes(was, will),
    ...compareRoutes(was.routes, will.routes),
    ...compareCors(was.cors, will.cors),
  ];
}

function compareTrust(was: PolicyRecord, will: PolicyRecord): Remark[] {
  return (['issuer', 'audience'] as const).flatMap((name): Remark[] =>
    was[name] === will[name]
      ? []
      : [{ grade: 'danger', sentence: `trusts tokens of another ${name}: ${was[name]} → ${will[name]}` }],
  );
}

const LIFETIMES: Readonly<Record<string, string>> = {
  accessTokenSeconds: 'longest life of access tokens',
  credentialSeconds: 'life of credentials',
  rotateAtSeconds: 'age at which credentials rotate',
  sessionSeconds: 'longest life of sessions',
};

function compareLifetimes(was: PolicyRecord, will: PolicyRecord): Remark[] {
  return Object.entries(LIFETIMES).flatMap(([name, label]): Remark[] => {
    const [before, after] = [was.lifetimes[name], will.lifetimes[name]];
    // A record of before this lifetime was in it says nothing.
    if (before === undefined || after === undefined || before === after) return [];
    const sentence = `${label} ${duration(before)} → ${duration(after)}`;
    return [{ grade: after > before ? 'danger' : 'notice', sentence }];
  });
}
