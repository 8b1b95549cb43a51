import { get as getInTheClear, type IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { mayBeProxied } from '../../proxied';
import { readBounded } from '../../read-bounded';
import { USER_AGENT } from '../../http/user-agent';

/** Longer than any provider takes, shorter than a client's patience. */
const TIMEOUT_MS = 5_000;

/** Room for a hundred keys with their certificates. */
const LARGEST_BODY_BYTES = 256 * 1_024;

const HEADERS = {
  accept: 'application/json, application/jwk-set+json',
  'user-agent': USER_AGENT,
};

/** Gets a JSON document; injected, so that unit tests answer in place of an issuer. */
export type FetchJson = (url: string) => Promise<unknown>;

/** The part of an answer that is read. */
interface Answer {
  readonly statusCode?: number | undefined;
  readonly body: AsyncIterable<unknown> & { destroy(): unknown };
}

type Ask = (url: string, headers: typeof HEADERS, signal: AbortSignal) => Promise<Answer>;

/**
 * Gets a JSON document from an identity provider. Follows no redirect: the address that was configured
 * is the one that is trusted. Not `fetch`: loading that costs a cold Lambda 15 ms and 10 MB.
 *
 * Where the environment names a proxy, a Node that can goes through it by itself (22.21, 24.5 and later).
 *
 * @throws Error on any status but 200, a body above 256 KB, or after 5 s.
 */
export const fetchJson: FetchJson = fetchingBy(async (url, headers, signal) => {
  const body = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { headers, signal, ...(mayBeProxied(url) && { agent: proxiedAgent() }) };
    (url.startsWith('http:')
      ? getInTheClear(url, { headers, signal }, resolve)
      : get(url, options, resolve)
    ).on('error', reject);
  });
  return { statusCode: body.statusCode, body };
});

/** The same by another client, which follows no redirect either. */
export function fetchingBy(ask: Ask): FetchJson {
  return async (url) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const { statusCode, body } = await ask(url, HEADERS, signal);
      if (statusCode === 200)
        return JSON.parse(withoutMark(await readBounded(body, LARGEST_BODY_BYTES, url))) as unknown;
      body.destroy();
      throw new Error(`${url} answered ${statusCode}, expected 200`);
    } catch (error) {
      throw signal.aborted ? new Error(`${url} took longer than ${TIMEOUT_MS} ms`) : error;
    }
  };
}

/** Node 20's types do not know the option, and Node 20 ignores it. */
function proxiedAgent(): Agent {
  return new Agent({ proxyEnv: process.env } as object);
}

/** RFC 8259 §8.1: a parser may ignore a byte order mark, which some servers send. */
function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}
