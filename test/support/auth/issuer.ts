/** An issuer on loopback: real HTTP, real keys, and a hand on the switch. Signs with jose, so that no line of ours judges ours. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

export interface TestKey {
  readonly id: string;
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function makeKey(id: string, algorithm = 'RS256'): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' };
  return { id, algorithm, privateKey, publicJwk };
}

export interface TestIssuer {
  readonly url: string;
  /** What the JWK set holds from now on. */
  publish(...keys: readonly (TestKey | JWK)[]): void;
  /** How often the JWK set was fetched. */
  fetches(): number;
  /** From now on every answer has this status; 200 again heals. */
  answerWith(status: number): void;
  /** Claims of a good token, at this moment. */
  claims(more?: JWTPayload): JWTPayload;
  sign(claims: JWTPayload, key: TestKey, header?: Record<string, unknown>): Promise<string>;
  stop(): Promise<void>;
}

export const AUDIENCE = 'https://api.fintech.example.com';

export async function startIssuer(): Promise<TestIssuer> {
  let keys: readonly JWK[] = [];
  let fetches = 0;
  let status = 200;
  const server: Server = createServer((req, res) => {
    const document =
      req.url === '/jwks'
        ? { keys }
        : { issuer: url, jwks_uri: `${url}/jwks`, token_endpoint: `${url}/token` };
    if (req.url === '/jwks') fetches += 1;
    res.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    res.end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    publish: (...published) => {
      keys = published.map((key) => ('publicJwk' in key ? key.publicJwk : key));
    },
    fetches: () => fetches,
    answerWith: (next) => (status = next),
    claims: (more) => {
      const now = Math.floor(Date.now() / 1_000);
      return {
        iss: url,
        aud: AUDIENCE,
        sub: 'user-1',
        client_id: 'client-1',
        org_id: 'org-1',
        tier: 'pro',
        scope: 'read:transactions write:transactions',
        iat: now,
        exp: now + 900,
        jti: `token-${now}`,
        ...more,
      };
    },
    sign: (claims, key, header) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: key.algorithm, kid: key.id, typ: 'at+jwt', ...header })
        .sign(key.privateKey),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** With one key, which it publishes. */
export interface KeyedIssuer extends TestIssuer {
  readonly key: TestKey;
  /** A good token, but for these claims. */
  token(claims?: JWTPayload): Promise<string>;
}

/** An issuer for the tests of a file or a `describe`. */
export function useIssuer(): () => KeyedIssuer {
  let issuer: KeyedIssuer | undefined;
  beforeAll(async () => {
    const [started, key] = await Promise.all([startIssuer(), makeKey('key-1')]);
    started.publish(key);
    issuer = { ...started, key, token: (claims) => started.sign(started.claims(claims), key) };
  });
  afterAll(() => issuer?.stop());
  return () => {
    if (issuer === undefined) throw new Error('the issuer is there only while tests run');
    return issuer;
  };
}
