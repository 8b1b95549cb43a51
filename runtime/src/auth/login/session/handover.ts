/**
 * Hands renewed sessions from one instance to another through Redis, sealed. The instance that claims a renewal
 * first does it; the others wait for its result. If Redis fails, or the instance that claimed it is gone, the
 * others renew by themselves: the person may then have to log in again, but is not kept waiting.
 */
import { pause, type Clock } from '../../../time/clock';
import { GRACE_MS, type Handover } from './renewals';
import type { Sealer } from '../seal';
import { evaluator, type LoginRedis } from './login-redis';
import { readSession, type Session } from './session';

/** Longer than the provider may take to answer. */
const CLAIM_MS = 10_000;
const ASK_AGAIN_MS = 100;

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
  readonly redis: LoginRedis;
  readonly sealer: Sealer;
  /** Keeps the sessions of apps that share a Redis apart. */
  readonly app: string;
  /** How long a renewed session is kept for a browser that has not brought it yet. */
  readonly keptMs: number;
  readonly clock: Clock;
}

export function handoverThrough({ redis, sealer, app, keptMs, clock }: HandoverOptions): Handover {
  const evaluate = evaluator(redis, `${app}:login`, clock);

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
