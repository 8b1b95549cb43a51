/** Longer than any provider takes, shorter than a client's patience. */
const TIMEOUT_MS = 5_000;

/** Room for a hundred keys with their certificates. */
const LARGEST_BODY_BYTES = 256 * 1_024;

/** Gets a JSON document; injected, so that unit tests answer in place of an issuer. */
export type FetchJson = (url: string) => Promise<unknown>;

/**
 * Gets a JSON document from an identity provider. Follows no redirect: the address that was configured
 * is the one that is trusted.
 *
 * @throws Error on any status but 200, a body above 256 KB, or after 5 s.
 */
export const fetchJson: FetchJson = async (url) => {
  const response = await fetch(url, {
    headers: { accept: 'application/json, application/jwk-set+json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}, expected 200`);
  }
  return JSON.parse(await readBounded(response, url)) as unknown;
};

async function readBounded(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    const part = chunk as Uint8Array;
    bytes += part.byteLength;
    if (bytes > LARGEST_BODY_BYTES) throw new Error(`${url} sent more than ${LARGEST_BODY_BYTES} bytes`);
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}
