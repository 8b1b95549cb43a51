/** An issuer on loopback that gives tokens by client credentials, as a provider of an environment does. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';
import { AUDIENCE, makeKey } from '../auth/issuer';

export const SECRET = 'a-client-secret-that-nobody-may-ever-see';

export interface TokenIssuer {
  readonly url: string;
  readonly jwksUri: string;
  /** A token of a tier's client that expired an hour ago. */
  expired(tier: string): Promise<string>;
  stop(): Promise<void>;
}

/** @param keepsScopes whether a client gets every scope, whatever it asks for. */
export async function startTokenIssuer(keepsScopes?: readonly string[]): Promise<TokenIssuer> {
  const key = await makeKey('key-1', 'ES256');
  const sign = (tier: string, scope: string, ageSeconds = 0): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000) - ageSeconds;
    const claims = { iss: url, aud: AUDIENCE, sub: `verify-${tier}`, client_id: `verify-${tier}` };
    return new SignJWT({
      ...claims,
      org_id: `org-${tier}`,
      tier,
      scope,
      iat: now,
      exp: now + 600,
      jti: `${tier} ${scope} ${now}`,
    })
      .setProtectedHeader({ alg: key.algorithm, kid: key.id, typ: 'at+jwt' })
      .sign(key.privateKey);
  };
  const answer = async (req: IncomingMessage): Promise<object> => {
    if (req.url === '/jwks') return { keys: [key.publicJwk] };
    if (req.url !== '/token') return { issuer: url, jwks_uri: `${url}/jwks`, token_endpoint: `${url}/token` };
    const form = new URLSearchParams(await text(req));
    const [id = '', secret] = Buffer.from((req.headers.authorization ?? '').slice('Basic '.length), 'base64')
      .toString()
      .split(':');
    if (secret !== SECRET || form.get('audience') !== AUDIENCE) return { error: 'invalid_client' };
    const scope = keepsScopes?.join(' ') ?? form.get('scope') ?? '';
    const token = await sign(id.replace('verify-', ''), scope);
    return { access_token: token, token_type: 'Bearer', expires_in: 600 };
  };
  const server = createServer((req, res) => {
    void answer(req).then((body) => {
      res.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
      res.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    jwksUri: `${url}/jwks`,
    expired: (tier) => sign(tier, 'read:orders', 3_600),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
