import { exchange } from '../../../exchange';
import { isHeaderToken } from '../../../policy/address';
import type { RedisCredentials, RedisTarget } from './driver';

/** Upstash's answer: either a result or an error. */
export interface UpstashAnswer<T = unknown> {
  readonly result?: T;
  readonly error?: string;
}

/**
 * Sends requests with the token of the moment. It is what `@upstash/redis` calls a requester.
 *
 * @example
 * import { Redis } from '@upstash/redis';
 * const typed = await redis.use((requester) => Promise.resolve(new Redis(requester)));
 */
export interface UpstashRequester {
  request<T = unknown>(message: {
    readonly path?: string[];
    readonly body?: unknown;
  }): Promise<UpstashAnswer<T>>;
}

const TIMEOUT_MS = 10_000;
/** Keeps a broken answer from filling the memory; far above what one command brings. */
const LARGEST_ANSWER = 128 * 1_024 * 1_024;

/**
 * Upstash's REST API. The credential itself says where the database is: its user is the URL. There is no connection:
 * changing the user means that the next request carries the new token, once a PING with it was answered.
 * https://upstash.com/docs/redis/features/restapi
 */
export function upstashRest(): RedisTarget<UpstashRequester> {
  return {
    name: 'Upstash',
    link: (asked, { onReady, onRefused }) => {
      let credentials: RedisCredentials | undefined;
      const native: UpstashRequester = {
        request: async <T>({ path = [], body }: { path?: string[]; body?: unknown }) => {
          const answer = await send<T>(credentials ?? asked(), path, body);
          if (answer.status === 401) onRefused(refusal());
          return answer.body;
        },
      };
      const authenticate = async (next: RedisCredentials): Promise<void> => {
        const { status, body } = await send(next, [], ['PING']);
        if (status === 401) throw refusal();
        if (body.error !== undefined) throw new Error(body.error);
        credentials = next;
      };
      return {
        native,
        get isReady() {
          return credentials !== undefined;
        },
        get isOpen() {
          return credentials !== undefined;
        },
        connect: async () => {
          await authenticate(asked());
          onReady();
        },
        authenticate,
        sendCommand: async (args) => {
          const { result, error } = await native.request({ body: args });
          if (error !== undefined) throw new Error(error);
          return result;
        },
        finish: () => Promise.resolve(),
        disconnect: () => (credentials = undefined),
      };
    },
  };
}

async function send<T>(
  { user: url, password }: RedisCredentials,
  path: readonly string[],
  body: unknown,
): Promise<{ status: number; body: UpstashAnswer<T> }> {
  const token = password.reveal();
  if (!isHeaderToken(token)) throw new Error('the token of Upstash holds a character that no token has');
  const target = new URL(url);
  target.pathname = [target.pathname.replace(/\/$/, ''), ...path].join('/');
  // No redirect is followed: the token goes nowhere but where Vault says.
  const { status, text } = await exchange(target, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    withinMs: TIMEOUT_MS,
    largest: LARGEST_ANSWER,
  });
  return { status, body: parsed(text, status) };
}

/** Not with the parser's message, which quotes the answer. */
function parsed<T>(text: string, status: number): UpstashAnswer<T> {
  try {
    return JSON.parse(text) as UpstashAnswer<T>;
  } catch {
    throw new Error(`Upstash answered ${status} and no JSON`);
  }
}

/** Said as Redis says it, so that one test tells a refusal from other failures. */
function refusal(): Error {
  return new Error('WRONGPASS Upstash does not take the token');
}
