/**
 * Keeps sessions in Redis that are too large for cookies: sealed, under the random name that each has, until it is over
 * or its person logs out. Renewed, a session takes the place of what it was.
 */
import { hash } from 'node:crypto';
import type { Clock } from '../../../time/clock';
import type { OnAuthEvent } from '../../events';
import type { Sealer } from '../seal';
import { SessionsUnavailableError } from './errors';
import { evaluator, type Evaluate, type LoginRedis } from './login-redis';
import { readSession, type Session } from './session';

const READ = `return redis.call('HMGET', KEYS[1], 'session')[1]`;

/** What was renewed more often stays: it comes from an instance that was faster. */
const WRITE = `
local renewals = redis.call('HMGET', KEYS[1], 'renewals')[1]
if renewals and tonumber(renewals) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'renewals', ARGV[1], 'session', ARGV[2])
return redis.call('PEXPIRE', KEYS[1], ARGV[3])`;

/** Leaves an empty place for a while, which a renewal that is under way does not fill. */
const DELETE = `
redis.call('HSET', KEYS[1], 'renewals', '9007199254740991', 'session', '')
return redis.call('PEXPIRE', KEYS[1], ARGV[1])`;
const EMPTY_MS = 60_000;

export interface KeptSessionsOptions {
  readonly redis: LoginRedis;
  readonly sealer: Sealer;
  readonly app: string;
  readonly clock: Clock;
  readonly onEvent: OnAuthEvent;
}

/** Every method throws SessionsUnavailableError if Redis does not answer. */
export class KeptSessions {
  readonly #sealer: Sealer;
  readonly #evaluate: Evaluate;
  readonly #onEvent: OnAuthEvent;
  #told = false;

  constructor({ redis, sealer, app, clock, onEvent }: KeptSessionsOptions) {
    this.#sealer = sealer;
    this.#evaluate = evaluator(redis, `${app}:session`, clock);
    this.#onEvent = onEvent;
  }

  /** @returns `undefined` for one that is over, or that was deleted. */
  async read(id: string): Promise<Session | undefined> {
    const text = await this.#ask(READ, id);
    const session = typeof text === 'string' ? readSession(await this.#sealer.open(text)) : undefined;
    // Whoever can write to Redis cannot give one person another's session.
    return session?.id === id ? session : undefined;
  }

  /** @param sealed by the sealer that this was made with. */
  async write({ id, renewals }: Session, sealed: string, lifeMs: number): Promise<void> {
    await this.#ask(WRITE, id, String(renewals), sealed, String(Math.ceil(lifeMs)));
  }

  async delete(id: string): Promise<void> {
    await this.#ask(DELETE, id, String(EMPTY_MS));
  }

  async #ask(script: string, id: string, ...values: string[]): Promise<unknown> {
    try {
      const reply = await this.#evaluate(script, hash('sha256', id, 'base64url').slice(0, 32), ...values);
      this.#told = false;
      return reply;
    } catch (thrown) {
      const error = new SessionsUnavailableError(thrown);
      if (!this.#told) this.#onEvent({ type: 'sessions_unavailable', cause: error.message });
      this.#told = true;
      throw error;
    }
  }
}
