/** What the options that several limiters take must be. A message says what was received, but for clients of Redis. */
import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { durationSeconds } from '../policy/duration';
import { accessTo, type RedisClient } from '../redis';

/** The message of every check of a value. */
const expected = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) => `received ${shown(input)}; expected ${what}`,
});

/** Enough of a value to recognize it by. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** A function of the app. */
export const aFunction = z.custom((value) => typeof value === 'function', expected('a function'));

/** What has a method of that name. */
export const having = (method: string, what: string) =>
  z.custom(
    (value) => typeof (value as Record<string, unknown> | null | undefined)?.[method] === 'function',
    expected(what),
  );

/** A number above zero. */
export const upTo = (most: number, what: string) => {
  const message = expected(what);
  return z.number(message).gt(0, message).max(most, message);
};

export const timeoutMs = upTo(60_000, 'milliseconds, above 0 and up to 60000');

export const meterProvider = having('getMeter', 'a MeterProvider of OpenTelemetry');

export const redisClient = z.unknown().superRefine((client, context) => {
  try {
    accessTo(client as RedisClient);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const trusted = expected(
  "0 to 10 hops, or a list of IP addresses and ranges such as '10.0.0.0/8': trust in everyone is trust in nobody",
);

export const trustedProxies = z.union(
  [
    z.int(trusted).min(0, trusted).max(10, trusted),
    z.array(z.string(trusted).refine(isRange, expected("an IP address or range such as '10.0.0.0/8'"))),
  ],
  trusted,
);

function isRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  if (isIP(address) === 0 || more.length > 0) return false;
  if (prefix === undefined) return true;
  const bits = /^\d+$/.test(prefix) ? Number(prefix) : 0;
  return bits >= 1 && bits <= (isIPv4(address) ? 32 : 128);
}

const attempts = expected('a whole number of failures, 1 or more');
const attemptWindow = expected("a duration such as '15m', up to '1d'");

export const attemptLimit = z.strictObject(
  {
    failures: z.int(attempts).min(1, attempts).max(1_000_000, attempts),
    window: z
      .string(attemptWindow)
      .refine((text) => (durationSeconds(text) ?? Infinity) <= 86_400, attemptWindow),
  },
  expected("{ failures, window } such as { failures: 10, window: '15m' }"),
);
