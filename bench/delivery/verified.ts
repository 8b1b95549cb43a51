/** What `portcullis verify` takes for an API of forty routes, on loopback, whose limits nobody reaches. */
import { enforce, MemoryStore, rateLimit, requireAuth } from '@portcullis/runtime';
import { definePolicy } from '@portcullis/runtime/policy';
import express from 'express';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verify } from '../../cli/src/verify/verify';
import { AUDIENCE, LIMIT } from '../lib/policy';
import { ROUTES } from './routes';

const SCOPES = ['read:orders', 'write:orders', 'read:reports'];

const listening = (server: ReturnType<typeof createServer>): Promise<string> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    }),
  );

async function main(): Promise<void> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256', use: 'sig' };
  const issuing = createServer((req, res) => {
    const answer = async (): Promise<object> => {
      if (req.url === '/jwks') return { keys: [jwk] };
      if (req.url !== '/token')
        return { issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token` };
      let form = '';
      for await (const chunk of req) form += String(chunk);
      const scope = new URLSearchParams(form).get('scope') ?? '';
      const claims = {
        iss: issuer,
        aud: AUDIENCE,
        sub: 'verify',
        client_id: 'verify',
        org_id: 'org-1',
        tier: 'pro',
        scope,
      };
      const token = await new SignJWT({ ...claims, jti: `jti ${scope}` })
        .setProtectedHeader({ alg: 'ES256', kid: 'key-1', typ: 'at+jwt' })
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(privateKey);
      return { access_token: token, expires_in: 600 };
    };
    void answer().then((body) => res.setHeader('content-type', 'application/json').end(JSON.stringify(body)));
  });
  const issuer = await listening(issuing);

  const limits = [{ limit: LIMIT, window: '1m' as const }];
  const policy = definePolicy({
    ...{ name: 'bench', issuer, audience: AUDIENCE, defaultTier: 'pro' },
    tiers: { pro: limits, anonymous: limits },
    routes: Array.from({ length: ROUTES }, (_, index) => ({
      method: index % 4 === 3 ? ('POST' as const) : ('GET' as const),
      path: `/api/things-${index}`,
      scopes: [SCOPES[index % SCOPES.length] ?? ''],
    })),
  });
  const limiter = rateLimit({ policy, store: new MemoryStore({ singleInstance: true }), trustedProxies: 0 });
  const auth = requireAuth({ policy, limiter });
  const app = express().disable('x-powered-by');
  app.use((_req, res, next) => {
    res.setHeader('X-Content-Type-Options', 'nosniff');
    next();
  });
  app.use(auth, limiter, enforce(policy), (_req, res) => void res.json({}));
  const serving = createServer(app);
  const url = await listening(serving);

  const results = await verify(policy, new URL(url), {
    probes: {
      clients: { pro: SCOPES },
      ...{ examples: {}, pairs: [], hasExpiredToken: false, isReadOnly: false, isUnsafe: true },
    },
    tokens: { issuer, parameters: {}, clients: { pro: { clientId: 'verify', clientSecret: 'secret' } } },
  });
  // Of what it left out it would say nothing in less time: but for the expired token, all of it is asked.
  const open = results.filter(({ outcome, check }) => outcome !== 'verified' && check !== 'expired-token');
  if (open.length > 0 || results.length < 10 * ROUTES)
    throw new Error(`not verified whole: ${results.length} results, ${JSON.stringify(open[0])}`);
  process.exit(0);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
