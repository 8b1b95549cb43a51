import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Run } from '../../cli/src/engines/process/run';
import { AUDIENCE, TOKEN_SECONDS } from '../lib/policy';
import { startProgram } from '../lib/server';
import { REALM } from './realm';

export type TokenAlgorithm = 'RS256' | 'ES256';

/**
 * The claims that RFC 9068 names, alone or padded to the length of the third; or those of a Keycloak: roles in a claim
 * of a claim, organisations by name.
 */
export type TokenShape = 'plain' | 'padded' | 'keycloak';

export interface Issuer {
  readonly url: string;
  /** Signs so many tokens, each of another organisation, and gives the file that holds them as headers. */
  writeTokens(algorithm: TokenAlgorithm, count: number, shape?: TokenShape): Promise<string>;
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
  const issuerOf = (shape: TokenShape): string => (shape === 'keycloak' ? `${url}/realms/${REALM}` : url);
  return {
    url,
    writeTokens: async (algorithm, count, shape = 'plain') => {
      const file = `${run.folder}/${algorithm}-${shape}-${count}.headers`;
      const { privateKey } = pairs[algorithm];
      const tokens = Array.from({ length: count }, (_, index) =>
        signToken(algorithm, privateKey, CLAIMS[shape](issuerOf(shape), `org-${index}`)),
      );
      const lines = (await Promise.all(tokens)).map((token) => `Authorization: Bearer ${token}\n`);
      await writeFile(file, lines.join(''), { mode: 0o600 });
      return file;
    },
  };
}

interface Shaped {
  /** The header's. */
  readonly typ: string;
  readonly claims: object;
}

const CLAIMS: Record<TokenShape, (issuer: string, organisation: string) => Shaped> = {
  /** As RFC 9068 has it, with the claims that a tiered API reads. */
  plain: (iss, organisation) => ({
    typ: 'at+jwt',
    claims: {
      ...{ iss, aud: AUDIENCE, sub: `user-${randomUUID()}`, client_id: 'dashboard' },
      ...{ org_id: organisation, tier: 'pro', jti: randomUUID() },
      scope: 'read:transactions write:transactions',
    },
  }),
  padded: (iss, organisation) => {
    const { typ, claims } = CLAIMS.plain(iss, organisation);
    const missing =
      lengthOf(CLAIMS.keycloak(iss, organisation).claims) - lengthOf({ ...claims, padding: '' });
    return { typ, claims: { ...claims, padding: 'x'.repeat(missing) } };
  },
  /** As Keycloak 26 writes it. */
  keycloak: (iss, organisation) => ({
    typ: 'JWT',
    claims: {
      ...{ iss, aud: [AUDIENCE, 'account'], sub: randomUUID(), typ: 'Bearer', azp: 'dashboard' },
      ...{ sid: randomUUID(), acr: '1', 'allowed-origins': ['https://app.example.com'], jti: randomUUID() },
      realm_access: {
        roles: ['default-roles-bench', 'offline_access', 'read:transactions', 'write:transactions'],
      },
      resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
      ...{ scope: 'openid profile email organization', email_verified: true, name: 'Ada Lovelace' },
      ...{ organization: { [organisation]: {} }, tier: 'pro', preferred_username: 'ada' },
    },
  }),
};

const lengthOf = (claims: object): number => JSON.stringify(claims).length;

async function signToken(
  algorithm: TokenAlgorithm,
  key: KeyObject,
  { typ, claims: own }: Shaped,
): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000);
  const header = { alg: algorithm, typ, kid: algorithm };
  const claims = { ...own, iat, exp: iat + TOKEN_SECONDS };
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = await signOnPool('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
