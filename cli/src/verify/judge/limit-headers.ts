/** The limits that an answer states: `RateLimit-Policy`, `RateLimit` and `X-RateLimit-*`, as a client reads them. */
import type { Answer } from '../target/exchange';

/** A limit, and where the client stands in it. */
export interface Member {
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
  /** Missing where nobody decided. */
  readonly remaining?: number;
  /** Seconds until the whole quota is free again. */
  readonly resetSeconds?: number;
}

export interface LimitHeaders {
  readonly members: readonly Member[];
  /** Whether `RateLimit` is there. */
  readonly isDecided: boolean;
  readonly limit?: number;
  readonly remaining?: number;
  /** Seconds since 1970. */
  readonly reset?: number;
}

/** Nothing where the answer states none at all; `unreadable` where it states some that cannot be read. */
export function limitHeadersOf({ headers }: Answer): LimitHeaders | 'unreadable' | undefined {
  const names = [
    'ratelimit-policy',
    'ratelimit',
    'x-ratelimit-limit',
    'x-ratelimit-remaining',
    'x-ratelimit-reset',
  ];
  const [policy, fields, ...legacy] = names.map((name) => headers[name]);
  if ([policy, fields, ...legacy].every((value) => value === undefined)) return undefined;
  const policies = listOf(policy);
  const standings = listOf(fields);
  const [limit, remaining, reset] = legacy.map((value) => (value === undefined ? undefined : wholeOf(value)));
  if (policies === undefined || standings === undefined || [limit, remaining, reset].includes(Number.NaN))
    return 'unreadable';
  const members = policies.map(({ name, parameters: { q, w } }): Member => {
    const standing = standings.find((one) => one.name === name)?.parameters;
    return {
      ...{ name, quota: q ?? Number.NaN, windowSeconds: w ?? Number.NaN },
      ...(standing?.r !== undefined && { remaining: standing.r }),
      ...(standing?.t !== undefined && { resetSeconds: standing.t }),
    };
  });
  return {
    members,
    isDecided: fields !== undefined,
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(reset !== undefined && { reset }),
  };
}

interface Item {
  readonly name: string;
  readonly parameters: Readonly<Partial<Record<string, number>>>;
}

/** A list of strings with whole numbers as parameters (RFC 9651 §3.1): `"pro";q=1000;w=60, …`. */
function listOf(value: string | undefined): Item[] | undefined {
  if (value === undefined) return [];
  const items = value.split(/\s*,\s*/).map((item): Item | undefined => {
    const [, name, rest = ''] = /^"([\w.-]{1,100})"((?:\s*;\s*[a-z]+=\d{1,15})*)\s*$/.exec(item) ?? [];
    if (name === undefined) return undefined;
    const parameters = [...rest.matchAll(/([a-z]+)=(\d+)/g)].map(([, key = '', number]) => [
      key,
      Number(number),
    ]);
    return { name, parameters: Object.fromEntries(parameters) as Item['parameters'] };
  });
  return items.includes(undefined) ? undefined : (items as Item[]);
}

const wholeOf = (text: string): number => (/^\d{1,15}$/.test(text) ? Number(text) : Number.NaN);
