import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Run } from '../../cli/src/engines/process/run';
import { AUDIENCE, TOKEN_SECONDS } from '../lib/policy';
import { startProgram } from '../lib/server';

export type TokenAlgorithm = 'RS256' | 'ES256';

export interface Issuer {
  readonly url: string;
  /** Signs so many tokens, each of another organisation, and gives the file that holds them as headers. */
  writeTokens(algorithm: TokenAlgorithm, count: number): Promise<string>;
}

/** Off the main thread, so that all cores sign. */
const signOnPool = promisify(sign);

/** Starts an issuer with a key of each kind. */
export async function startIssuer(run: Run): Promise<Issuer> {
  const pairs = {
    RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  };
  const keys = Object.entries(pairs).map(([alg, { publicKey }]) => ({
    ...publicKey.export({ format: 'jwk' }),
    kid: alg,
    alg,
    use: 'sig',
  }));
  const { first } = await startProgram(run, 'issuer', {
    entry: 'auth/issuer',
    settings: { keys },
  });
  const url = `http://127.0.0.1:${(first as { port: number }).port}`;
  return {
    url,
    writeTokens: async (algorithm, count) => {
      const file = `${run.folder}/${algorithm}-${count}.headers`;
      const { privateKey } = pairs[algorithm];
      const tokens = Array.from({ length: count }, (_, index) =>
        signToken(url, algorithm, privateKey, `org-${index}`),
      );
      const lines = (await Promise.all(tokens)).map((token) => `Authorization: Bearer ${token}\n`);
      await writeFile(file, lines.join(''), { mode: 0o600 });
      return file;
    },
  };
}

/** An access token as RFC 9068 has it, with the claims that a tiered API reads. */
async function signToken(
  issuer: string,
  algorithm: TokenAlgorithm,
  key: KeyObject,
  organisation: string,
): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000);
  const header = { alg: algorithm, typ: 'at+jwt', kid: algorithm };
  const claims = {
    iss: issuer,
    aud: AUDIENCE,
    sub: `user-${randomUUID()}`,
    client_id: 'dashboard',
    org_id: organisation,
    tier: 'pro',
    scope: 'read:transactions write:transactions',
    jti: randomUUID(),
    iat,
    exp: iat + TOKEN_SECONDS,
  };
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = await signOnPool('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
