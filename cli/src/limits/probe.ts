import { readFile } from 'node:fs/promises';
import { isHeaderToken, isHttpsOrLoopback, shownAddress } from '@portcullis/runtime/policy';
import { PortcullisError, messageOf } from '../errors';
import { advertisedLimits, narrower, type AdvertisedLimit } from './advertised-limits';
import { typed } from '../terminal/command-name';

/** What every window has to admit in the long run. */
export interface NeededLimit {
  readonly limit: number;
  readonly windowSeconds: number;
  /** As it was given, and as Vault keeps it: `100000/1m`. */
  readonly text: string;
}

export interface ProbeOptions {
  readonly tokenFile: string;
  readonly atLeast: NeededLimit;
  readonly json?: boolean;
}

const TIMEOUT_MS = 10_000;

/**
 * Asks an API which limits it holds a token to, and prints them.
 *
 * @throws PortcullisError `ERR_SETTING` when they admit less than is needed, or when address or token cannot be used;
 * `ERR_UNREACHABLE` when the API does not advertise any.
 */
export async function probe(url: string, { tokenFile, atLeast, json }: ProbeOptions): Promise<void> {
  const advertised = await ask(url, tokenFile);
  if (json) console.log(JSON.stringify({ url: shownAddress(url), limits: advertised }));
  else console.log(`${shownAddress(url)} admits ${inWords(advertised)}.`);

  const tooNarrow = narrower(advertised, atLeast);
  if (tooNarrow.length > 0) {
    throw new PortcullisError(
      'ERR_SETTING',
      `the token is held to ${inWords(tooNarrow)}, which is less than ${atLeast.text}`,
      `give its organisation limits of its own: ${typed(`limits set ORGANISATION ${atLeast.text} --until never --reason scans`)}`,
    );
  }
}

async function ask(url: string, tokenFile: string): Promise<AdvertisedLimit[]> {
  if (!isHttpsOrLoopback(url)) {
    throw new PortcullisError(
      'ERR_SETTING',
      `${shownAddress(url)} is no https URL: it would get the token in the clear`,
      'use https (http only on loopback)',
    );
  }
  const token = (await readFile(tokenFile, 'utf8').catch(() => '')).trim();
  if (!isHeaderToken(token)) {
    throw new PortcullisError(
      'ERR_SETTING',
      `${tokenFile} holds no access token`,
      'write one there, as the step before a scan does',
    );
  }
  const response = await fetch(url, {
    headers: { Authorization: `Bearer ${token}` },
    // A redirect could carry the question elsewhere.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new PortcullisError(
      'ERR_UNREACHABLE',
      `${shownAddress(url)} does not answer: ${messageOf(error)}`,
      'see that the API runs, and is to be reached from here',
      { cause: error },
    );
  });
  await response.body?.cancel();
  const advertised = advertisedLimits(response.headers.get('RateLimit-Policy') ?? '');
  if (advertised.length === 0) {
    throw new PortcullisError(
      'ERR_UNREACHABLE',
      `${shownAddress(url)} answered ${response.status} and no RateLimit-Policy`,
      'see that it accepts the token, and that rateLimit() comes before the route',
    );
  }
  return advertised;
}

const inWords = (limits: readonly AdvertisedLimit[]): string =>
  limits
    .map(({ name, limit, windowSeconds }) => `${limit.toLocaleString('en')} in ${windowSeconds} s (${name})`)
    .join(', ');
