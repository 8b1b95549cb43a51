/**
 * Hands renewed sessions from one instance to another through Redis, sealed. The instance that claims a renewal
 * first does it; the others wait for its result. If Redis fails, or the instance that claimed it is gone, the
 * others renew by themselves: the person may then have to log in again, but is not kept waiting.
 */
import { pause, type Clock } from '../../../time/clock';
import { GRACE_MS, type Handover } from './renewals';
import type { Sealer } from '../seal';
import { readSession, type Session } from './session';

/** A connected Redis client: node-redis' own, or that of `SecretsManager.redisClient()`. */
export interface HandoverRedis {
  sendCommand(args: string[]): Promise<unknown>;
}

/** Longer than the provider may take to answer. */
const CLAIM_MS = 10_000;
const ASK_AGAIN_MS = 100;
const REDIS_TIMEOUT_MS = 500;

/** Claims a renewal and gives nil. If it was claimed before: gives its result, which is empty while it is under way. */
const CLAIM = `
local session = redis.call('HMGET', KEYS[1], 'session')[1]
if session then return session end
redis.call('HSET', KEYS[1], 'session', '')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return false`;

const SETTLE = `
redis.call('HSET', KEYS[1], 'session', ARGV[1])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** Shortens the life of a result, and lengthens none. */
const RECEIVED = `
if redis.call('PTTL', KEYS[1]) > tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 0`;

const GIVE_UP = `return redis.call('DEL', KEYS[1])`;

/** The handover of a single instance, which renews everything itself. */
export const alone: Handover = { renew: (_name, work) => work(), received: () => undefined };

export interface HandoverOptions {
  readonly redis: HandoverRedis;
  readonly sealer: Sealer;
  /** Keeps the sessions of apps that share a Redis apart. */
  readonly app: string;
  /** How long a renewed session is kept for a browser that has not brought it yet. */
  readonly keptMs: number;
  readonly clock: Clock;
}

export function handoverThrough({ redis, sealer, app, keptMs, clock }: HandoverOptions): Handover {
  const evaluate = async (script: string, name: string, ...values: string[]): Promise<unknown> => {
    const key = `portcullis:{${app}:login:${name}}`;
    return answerWithin(clock, REDIS_TIMEOUT_MS, redis.sendCommand(['EVAL', script, '1', key, ...values]));
  };

  /** The session that another instance renewed; `'claimed'` if this instance has to renew it. */
  async function claim(name: string): Promise<Session | 'claimed'> {
    const givenUpAt = clock.monotonic() + CLAIM_MS;
    while (clock.monotonic() < givenUpAt) {
      const text = await evaluate(CLAIM, name, String(CLAIM_MS)).catch(() => null);
      if (typeof text !== 'string') return 'claimed';
      if (text !== '') return (await opened(text, name)) ?? 'claimed';
      await pause(clock, ASK_AGAIN_MS);
    }
    return 'claimed';
  }

  /** Sealed together with its name: whoever can write to Redis cannot give one person another's session. */
  async function opened(text: string, name: string): Promise<Session | undefined> {
    const content = (await sealer.open(text)) as
      { readonly name: string; readonly session: unknown } | undefined;
    return content?.name === name ? readSession(content.session) : undefined;
  }

  async function renew(name: string, work: () => Promise<Session>): Promise<Session> {
    const claimed = await claim(name);
    if (claimed !== 'claimed') return claimed;
    try {
      const session = await work();
      const sealed = await sealer.seal({ name, session });
      await evaluate(SETTLE, name, sealed, String(keptMs)).catch(() => undefined);
      return session;
    } catch (error) {
      await evaluate(GIVE_UP, name).catch(() => undefined);
      throw error;
    }
  }

  return {
    renew,
    received: (name) => void evaluate(RECEIVED, name, String(GRACE_MS)).catch(() => undefined),
  };
}

/** @throws Error if the answer does not come in time. */
async function answerWithin<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  let cancel = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(ms, () => reject(new Error('Redis did not answer in time')));
  });
  return Promise.race([work, late]).finally(() => cancel());
}
