import { get as getInTheClear, type IncomingMessage } from 'node:http';
import { get } from 'node:https';

/** Longer than any provider takes, shorter than a client's patience. */
const TIMEOUT_MS = 5_000;

/** Room for a hundred keys with their certificates. */
const LARGEST_BODY_BYTES = 256 * 1_024;

/** Gets a JSON document; injected, so that unit tests answer in place of an issuer. */
export type FetchJson = (url: string) => Promise<unknown>;

/**
 * Gets a JSON document from an identity provider. Follows no redirect: the address that was configured
 * is the one that is trusted. Not `fetch`: loading that costs a cold Lambda 15 ms and 10 MB.
 *
 * @throws Error on any status but 200, a body above 256 KB, or after 5 s.
 */
export const fetchJson: FetchJson = async (url) => {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await answerOf(url, signal);
    if (response.statusCode === 200)
      return JSON.parse(withoutMark(await readBounded(response, url))) as unknown;
    response.destroy();
    throw new Error(`${url} answered ${response.statusCode}, expected 200`);
  } catch (error) {
    throw signal.aborted ? new Error(`${url} took longer than ${TIMEOUT_MS} ms`) : error;
  }
};

function answerOf(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = { accept: 'application/json, application/jwk-set+json' };
  const send = url.startsWith('http:') ? getInTheClear : get;
  return new Promise((resolve, reject) => {
    send(url, { headers, signal }, resolve).on('error', reject);
  });
}

async function readBounded(response: IncomingMessage, url: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part = chunk as Buffer;
    bytes += part.byteLength;
    if (bytes > LARGEST_BODY_BYTES) throw new Error(`${url} sent more than ${LARGEST_BODY_BYTES} bytes`);
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** RFC 8259 §8.1: a parser may ignore a byte order mark, which some servers send. */
function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}
