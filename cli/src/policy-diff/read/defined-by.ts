import { definePolicy, type Policy, type PolicyInput } from '@portcullis/runtime/policy';
import type { PolicyRecord } from '../../plan/rules/api/record';

/**
 * The policy that another process has told as JSON: checked again, with the matcher that is in no JSON.
 *
 * @throws PolicyError where it is none
 */
export function definedBy({ tiers, routes, lifetimes, cors, ...rest }: PolicyRecord): Policy {
  const { accessTokenSeconds, credentialSeconds, rotateAtSeconds, sessionSeconds } = lifetimes;
  return definePolicy({
    ...rest,
    tiers: Object.fromEntries(Object.entries(tiers).map(([name, limits]) => [name, limits.map(windowOf)])),
    routes: routes.map(({ limits, ...route }) => ({
      ...route,
      ...(limits !== undefined && { limits: limits.map(windowOf) }),
    })),
    lifetimes: {
      accessToken: seconds(accessTokenSeconds),
      credential: seconds(credentialSeconds),
      rotateAt: seconds(rotateAtSeconds),
      session: seconds(sessionSeconds),
    },
    ...(cors !== undefined && { cors: corsOf(cors) }),
  } as PolicyInput);
}

function windowOf({ windowSeconds, ...limit }: PolicyRecord['tiers'][string][number]): object {
  return { ...limit, window: seconds(windowSeconds) };
}

function corsOf({ maxAgeSeconds, ...cors }: NonNullable<PolicyRecord['cors']>): object {
  return { ...cors, maxAge: seconds(maxAgeSeconds) };
}

const seconds = (count: number | undefined): string | undefined =>
  count === undefined ? undefined : `${count}s`;
