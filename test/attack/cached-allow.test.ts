/** A token that was let in on one route gets from the cache who it is, and never what it may do. */
import express, { type RequestHandler } from 'express';
import fc from 'fast-check';
import { policy } from '../../policy';
import { enforce, requireAuth, type AuthMiddleware } from '../../runtime/src/auth';
import { startIssuer, type TestIssuer } from '../support/auth/issuer';
import { Forge } from '../support/attack/forge';
import { listen, toBytes, type Listening } from '../support/attack/wire';
import { runs } from '../support/fuzzing';

const SCOPES = [...new Set(policy.routes.flatMap(({ scopes }) => scopes))];
const ROUTES = policy.routes.filter((route) => !route.public);

let issuer: TestIssuer;
let forge: Forge;
let auth: AuthMiddleware;
let app: Listening;

beforeAll(async () => {
  issuer = await startIssuer();
  forge = new Forge(issuer.url, policy.audience, Math.floor(Date.now() / 1_000));
  issuer.publish(...forge.published);
  auth = requireAuth({ policy, issuer: issuer.url });
  const done: RequestHandler = (_req, res) => void res.sendStatus(204);
  app = await listen(express().use(auth, enforce(policy), done));
});

afterAll(async () => {
  auth.close();
  await app.stop();
  await issuer.stop();
});

it('whatever was asked before, a request is answered by the scopes of its own token', async () => {
  const holders = fc.array(fc.subarray(SCOPES), { minLength: 1, maxLength: 3 });
  const call = fc.record({
    holder: fc.nat(2),
    route: fc.constantFrom(...ROUTES),
    head: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(holders, fc.array(call, { minLength: 2, maxLength: 8 }), async (granted, calls) => {
      const tokens = granted.map((scopes, index) =>
        forge.claims({ scope: scopes.join(' '), jti: `t${index}` }),
      );
      for (const { holder, route, head } of calls) {
        const index = holder % tokens.length;
        const answer = await app.send(
          toBytes({
            method: head && route.method === 'GET' ? 'HEAD' : route.method,
            path: route.path.replace(':link', 'abc'),
            headers: [['Authorization', `Bearer ${tokens[index]!}`]],
          }),
        );
        const permitted = route.scopes.every((scope) => granted[index]!.includes(scope));
        expect(answer.status).toBe(permitted ? 204 : 403);
      }
    }),
    { numRuns: runs(50) },
  );
});
