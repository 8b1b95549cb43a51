/** An API by https, as each may be set up: what is wrong with its TLS is found, and nothing else. */
import type { RequestHandler } from 'express';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { ServerOptions } from 'node:https';
import { join } from 'node:path';
import type { Result } from '../../../../cli/src/verify/checks';
import { makeCertificates, type Certificates } from '../../../support/certificates';
import { useRun } from '../../../support/engines';
import { startTwin } from '../../../support/verify/api';
import { startTokenIssuer, type TokenIssuer } from '../../../support/verify/issuer';
import type { Asked } from '../../../support/verify/verify-process';

const run = useRun();
let issuer: TokenIssuer;
let ours: Certificates;

beforeAll(async () => {
  issuer = await startTokenIssuer();
  ours = await certified(['127.0.0.1', 'localhost']);
});
afterAll(() => issuer.stop());

const certified = async (names: readonly string[], days?: number): Promise<Certificates> =>
  makeCertificates(await run().subfolder(`tls-${names.join('-')}-${days ?? ''}`), names, days);

const HALF_A_YEAR = 15_552_000;

interface Setup {
  readonly certificates?: Certificates;
  readonly options?: ServerOptions;
  readonly hsts?: string;
  /** By which name it is asked. */
  readonly host?: string;
  /** Whose certificates are trusted. @default the same */
  readonly trusted?: string;
}

interface Told {
  readonly results?: readonly Result[];
  readonly error?: string;
  /** How many requests arrived. */
  readonly requests: number;
}

async function look({ certificates = ours, ...setup }: Setup): Promise<Told> {
  const { options, hsts = `max-age=${HALF_A_YEAR}`, host = '127.0.0.1', trusted } = setup;
  let requests = 0;
  const headers: RequestHandler = (_req, res, next) => {
    requests += 1;
    if (hsts !== '') res.setHeader('Strict-Transport-Security', hsts);
    next();
  };
  const [cert, key] = await Promise.all([readFile(certificates.certificate), readFile(certificates.key)]);
  const running = await startTwin(issuer, {
    first: (app) => app.use(headers),
    tls: { cert, key, ...options },
  });
  const child = fork(join(__dirname, '../../../support/verify/verify-process.ts'), {
    execArgv: ['--import', require.resolve('tsx')],
    env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: trusted ?? certificates.authority },
  });
  try {
    const asked: Asked = { url: running.url.replace('127.0.0.1', host), issuer: issuer.url };
    child.send(asked);
    const [told] = (await once(child, 'message')) as [Omit<Told, 'requests'>];
    return { ...told, requests };
  } finally {
    child.kill();
    await running.stop();
  }
}

const deviating = ({ results }: Told): readonly Result[] | undefined =>
  results?.filter(({ outcome }) => outcome === 'deviates');

const OLD: ServerOptions = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' };

it.each(['127.0.0.1', 'localhost'])(
  'a trusted certificate for %s, TLS 1.3 and HSTS are verified',
  async (host) => {
    const told = await look({ host });
    expect(deviating(told)).toEqual([]);
    const about = told.results?.filter(({ check }) => check === 'tls');
    expect(about).toMatchObject([{ outcome: 'verified' }, { outcome: 'verified', sentence: 'TLSv1.3' }]);
  },
);

it('TLS 1.2 alone is new enough', async () => {
  const told = await look({ options: { maxVersion: 'TLSv1.2' } });
  expect(deviating(told)).toEqual([]);
  expect(told.results?.at(-1)).toMatchObject({ check: 'tls', sentence: 'TLSv1.2' });
});

it.each([
  ['TLS 1.0', { ...OLD }],
  ['TLS 1.1', { ...OLD, minVersion: 'TLSv1.1' } as const],
])('who still speaks %s is found', async (_, options) => {
  const found = deviating(await look({ options }));
  expect(found).toMatchObject([{ check: 'tls', subject: 'the connection' }]);
});

it.each([
  ['no HSTS', ''],
  ['HSTS for a minute', 'max-age=60'],
  ['HSTS that says nothing of how long', 'includeSubDomains'],
])('%s is found', async (_, hsts) => {
  expect(deviating(await look({ hsts }))).toMatchObject([
    { check: 'tls', sentence: expect.stringContaining('Strict-Transport-Security') as string },
  ]);
});

describe('nothing is sent, no token least of all, to', () => {
  const refused = (because: string): Told => ({
    error: expect.stringMatching(`cannot be reached: ${because}`) as string,
    requests: 0,
  });

  it('another host than the certificate is for', async () => {
    const told = await look({ certificates: await certified(['elsewhere.example']) });
    expect(told).toEqual(refused('.*does not match certificate'));
  });

  it('whose certificate has expired', async () => {
    const told = await look({ certificates: await certified(['127.0.0.1'], -1) });
    expect(told).toEqual(refused('certificate has expired'));
  });

  it('whose certificate nobody trusts', async () => {
    const { authority } = await certified(['elsewhere.example'], 2);
    expect(await look({ trusted: authority })).toEqual(refused('unable to verify|self-signed'));
  });

  it('who speaks nothing newer than TLS 1.1', async () => {
    const told = await look({ options: { ...OLD, maxVersion: 'TLSv1.1' } });
    expect(told).toEqual(refused(''));
  });
});
