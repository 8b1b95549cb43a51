/** The authorizer takes every shape of event that AWS documents. */
import type { JWK } from 'jose';
import { policy } from '../../../../policy';
import { authorizerConfiguration } from '../../../../runtime/src/authorizer';
import { makeAuthorizer, type Authorizer } from '../../../../runtime/src/authorizer/authorizer';
import type { AuthorizerEvent } from '../../../../runtime/src/authorizer/gateway-events';
import {
  httpFirst,
  httpSecond,
  restRequest,
  restToken,
  restTokenTest,
  webSocketConnect,
} from '../../../support/attack/documented-events';
import { Forge } from '../../../support/attack/forge';
import { ask } from '../../../support/attack/gateway';
import { manualClock } from '../../../support/clock';
import { published } from '../../../support/auth/published';

const NOW = Date.UTC(2026, 5, 1) / 1_000;
const ROUTE = '/api/transactions';
const forge = new Forge(policy.issuer, policy.audience, NOW);
let authorize: Authorizer;

beforeEach(() => {
  const issuer = published(policy.issuer);
  issuer.publish(...(forge.published as JWK[]));
  authorize = makeAuthorizer(authorizerConfiguration({ policy }), () => undefined, {
    clock: manualClock(NOW * 1_000),
    fetchJson: issuer.fetchJson,
  });
});

const status = async (event: object): Promise<number> =>
  (await ask(authorize, event as AuthorizerEvent)).status;
const good = (): string => `Bearer ${forge.token()}`;

const shapes: Record<string, (path: string, authorization: string) => object> = {
  'a REST API’s TOKEN event': restToken,
  'a REST API’s REQUEST event': restRequest,
  'an HTTP API’s event of payload 1.0': httpFirst,
  'an HTTP API’s event of payload 2.0': httpSecond,
};

describe.each(Object.entries(shapes))('%s', (_name, event) => {
  it('with a good token is permitted, on a route of its scopes', async () => {
    expect(await status(event(ROUTE, good()))).toBe(200);
    expect(await ask(authorize, event(ROUTE, good()) as AuthorizerEvent)).toMatchObject({
      output: expect.stringContaining('"subject":"user-1"') as string,
    });
  });

  it('on another route, with another token or with Basic is not', async () => {
    expect(await status(event('/api/admin', good()))).toBe(403);
    const expired = `Bearer ${forge.claims({ iat: NOW - 900, exp: NOW - 60 })}`;
    for (const authorization of [expired, 'Basic dXNlcjpwYXNz', 'user1', ''])
      expect([401, 403]).toContain(await status(event(ROUTE, authorization)));
  });
});

it('a REST API’s REQUEST event without the header is 401', async () => {
  expect(await status(restRequest(ROUTE, undefined))).toBe(401);
});

it('the console’s test, which asks for any stage, is answered for any stage', async () => {
  const answer = await authorize(restTokenTest(good()) as unknown as AuthorizerEvent);
  expect(JSON.stringify(answer)).toContain(`abcdef123/*/GET${ROUTE}`);
});

it('a WebSocket API’s connection is not permitted: no policy lists `$connect`', async () => {
  expect(await status(webSocketConnect(good()))).toBe(403);
  expect(await status(webSocketConnect('Bearer a.b.c'))).toBe(401);
});

it('an HTTP API’s event for `$default` is not permitted: no policy lists it', async () => {
  const event = { ...httpSecond(ROUTE, good()), routeKey: '$default', identitySource: [good(), '$default'] };
  expect(await status(event)).toBe(403);
});
