/** An application that runs a policy as the runtime does, with the time, the store and the revocations in a test's hands. */
import { enforce, MemoryStore, rateLimit, requireAuth } from '@portcullis/runtime';
import type { Policy } from '@portcullis/runtime/policy';
import express from 'express';
import { request, type Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, type JWTPayload } from 'jose';
import type { Answer, Caller, Circumstance, TokenCaller, Witness } from '../../../cli/src/policy-diff/change';
import { MemoryCounters } from '../../../runtime/src/rate-limit/store/memory-counters';
import type { Store } from '../../../runtime/src/rate-limit/store/store';
import type { TestKey } from '../auth/issuer';

/** One clock for both versions: only forward. */
export interface World {
  readonly key: TestKey;
  readonly jwksUri: string;
  readonly agent: Agent;
  /** Those that were signed: a caller has one. */
  readonly tokens: Map<string, Promise<string>>;
  nowMs: number;
  circumstance?: Circumstance | undefined;
}

/** Who sends a request, beside what the policy diff says of them: each key of a limit has a value. */
export type Identity = Readonly<Record<string, string>>;

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly caller: Caller;
  readonly identity: Identity;
  readonly browser?: Witness['browser'];
}

export interface Version {
  ask(asked: Asked): Promise<Answer>;
  stop(): Promise<void>;
}

class StoreOfWorld extends MemoryStore {
  constructor(readonly world: World) {
    super({ singleInstance: true });
  }

  override countersOf(windowsMs: readonly number[]): Store {
    const counters = new MemoryCounters(windowsMs, () => this.world.nowMs);
    return {
      windowsMs,
      charge: (charge) =>
        this.world.circumstance === 'the rate-limit store does not answer'
          ? Promise.reject(new Error('down'))
          : counters.charge(charge),
      refund: counters.refund.bind(counters),
    };
  }
}

export async function startVersion(policy: Policy, world: World): Promise<Version> {
  const asksDevice = JSON.stringify(policy).includes('"function":"device"');
  const limiter = rateLimit({
    policy,
    store: new StoreOfWorld(world),
    trustedProxies: 1,
    ...(asksDevice && { keys: { device: (req) => req.get('x-device') } }),
  });
  const revocations = {
    revoked: () => false,
    get current() {
      return world.circumstance !== 'revocations cannot be read';
    },
  };
  const auth = requireAuth({ policy, limiter, jwksUri: world.jwksUri, revocations });
  const app = express().use(auth, limiter, enforce(policy), (_req, res) => void res.status(200).end());
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ask: async (asked) => answerOf(asked, await send(port, world, policy, asked)),
    stop: async () => {
      auth.close();
      await limiter.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Received {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly error: string;
}

async function send(port: number, world: World, policy: Policy, asked: Asked): Promise<Received> {
  const { method, path, caller, identity, browser } = asked;
  const headers = {
    'x-forwarded-for': identity.address ?? '',
    'x-device': identity['function:device'] ?? '',
    ...(caller.kind === 'token' && {
      authorization: `Bearer ${await tokenOf(world, policy, caller, identity)}`,
    }),
    ...(browser && { origin: browser.origin }),
    ...(browser && method === 'OPTIONS' && { 'access-control-request-method': 'GET' }),
  };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: world.agent }, (res) => {
      let body = '';
      res.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      res.on('end', () => {
        const error = body === '' ? '' : ((JSON.parse(body) as { error?: string }).error ?? '');
        resolve({ status: res.statusCode ?? 0, headers: res.headers, error });
      });
    });
    sent.on('error', reject).end();
  });
}

/** A token as the version's issuer gives it, but for what the caller says. */
function tokenOf(world: World, policy: Policy, caller: TokenCaller, identity: Identity): Promise<string> {
  const key = JSON.stringify([policy.issuer, policy.audience, caller, identity]);
  const token = world.tokens.get(key) ?? signedToken(world, policy, caller, identity);
  world.tokens.set(key, token);
  return token;
}

async function signedToken(
  world: World,
  policy: Policy,
  { issuer, audience, scopes, tier, lifetimeSeconds = 600 }: TokenCaller,
  identity: Identity,
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const claims: JWTPayload = {
    iss: issuer ?? policy.issuer,
    aud: audience ?? policy.audience,
    sub: identity.user ?? '',
    client_id: identity.client,
    org_id: identity.organisation,
    team: identity['claim:team'],
    scope: scopes.join(' '),
    ...(tier !== undefined && { tier }),
    iat: now,
    exp: now + lifetimeSeconds,
    jti: 'one',
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: world.key.algorithm, kid: world.key.id, typ: 'at+jwt' })
    .sign(world.key.privateKey);
}

const ANSWERS: Readonly<Record<number, Answer>> = {
  200: 'let in',
  429: 'rate_limited',
  503: 'temporarily_unavailable',
};

function answerOf({ browser }: Asked, { status, headers, error }: Received): Answer {
  if (browser !== undefined) return isReadable(browser, headers) ? 'readable' : 'not readable';
  return ANSWERS[status] ?? (error as Answer);
}

function isReadable(
  { origin, header, credentials }: NonNullable<Asked['browser']>,
  headers: Received['headers'],
): boolean {
  const allowed = headers['access-control-allow-origin'];
  const may = String(headers['access-control-allow-headers'] ?? '').split(', ');
  return (
    (allowed === '*' || allowed === origin) &&
    (header === undefined || may.includes(header)) &&
    (credentials !== true || headers['access-control-allow-credentials'] === 'true')
  );
}
