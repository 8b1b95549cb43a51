/** The Lambda authorizer, bundled as it is deployed, against everything hostile that we know. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAuthorizer } from '../../constructs/src/aws/authorizer/bundle';
import { policy } from '../../policy';
import type { Authorizer } from '../../runtime/src/authorizer/authorizer';
import type {
  AuthorizerEvent,
  HttpApiEvent,
  RequestEvent,
} from '../../runtime/src/authorizer/gateway-events';
import { startIssuer, type TestIssuer } from '../support/auth/issuer';
import { NOW, stopTheCalendar } from './calendar';
import { requestCases, tokenCases, type Fate, type RequestCase } from './cases';
import type { HostileRequest } from '../support/attack/hostile-request';
import { Forge } from '../support/attack/forge';
import {
  ask,
  httpApiEvent,
  permits,
  requestEvent,
  tokenEvent,
  type GatewayStatus,
  type Outcome,
} from '../support/attack/gateway';
import { secretsIn, toBytes } from '../support/attack/wire';

/**
 * The function looks for its issuer's keys for as long as its process lives, as in Lambda, and so longer than these
 * tests: its log is not the console, which jest takes back at their end.
 */
const OWN_LOG = 'const console = { log: (line) => module.exports.log?.(line) };';

let folder: string;
let issuer: TestIssuer;
let forge: Forge;
let handler: Authorizer;
let logged: string[] = [];

beforeAll(async () => {
  stopTheCalendar();
  issuer = await startIssuer();
  forge = new Forge(issuer.url, policy.audience, NOW);
  issuer.publish(...forge.published);
  folder = mkdtempSync(join(tmpdir(), 'authorizer-'));
  const file = join(folder, 'index.js');
  writeFileSync(file, `${OWN_LOG}\n${bundleAuthorizer({ policy, issuer: issuer.url })}`);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it is what Lambda does
  const bundle = require(file) as { handler: Authorizer; log?: (line: string) => void };
  handler = bundle.handler;
  bundle.log = (line) => void logged.push(line);
});

afterAll(async () => {
  await issuer.stop();
  rmSync(folder, { recursive: true });
  jest.useRealTimers();
});

beforeEach(() => {
  logged = [];
});

/** Payload 2.0 has one answer for all that is refused. */
function statusFor(fate: Fate | RequestCase['fate'], version: '1.0' | '2.0'): GatewayStatus {
  if (fate === 'let_in') return 200;
  if (fate === 'ambiguous_path') return 401;
  if (version === '2.0' || fate === 'too_little' || fate === 'unlisted') return 403;
  return 401;
}

function expectHarmless({ output }: Outcome, request: HostileRequest): void {
  expect(output.length).toBeLessThanOrEqual(8_192);
  for (const secret of secretsIn(toBytes(request))) {
    expect(output).not.toContain(secret);
    expect(logged.join('\n')).not.toContain(secret);
  }
}

const bearer = (token: string): HostileRequest => ({ headers: [['Authorization', `Bearer ${token}`]] });

it('logs why it refuses a token', async () => {
  await ask(handler, tokenEvent(bearer('no.good.token')));
  expect(logged.join('\n')).toContain('token_refused');
});

describe.each(Object.entries(tokenCases))('a token: %s', (_family, cases) => {
  it.each(cases.map((line) => [line.fate, line.name, line] as const))('%s: %s', async (fate, _name, line) => {
    const request = bearer(line.token(forge));
    for (const event of [tokenEvent(request), requestEvent(request)]) {
      const outcome = await ask(handler, event);
      expect(outcome.status).toBe(statusFor(fate, '1.0'));
      expectHarmless(outcome, request);
    }
    const outcome = await ask(handler, httpApiEvent(policy, request));
    expect(outcome.status).toBe(statusFor(fate, '2.0'));
    expectHarmless(outcome, request);
  });
});

describe('a request', () => {
  it.each(requestCases.map((line) => [line.fate, line.name, line] as const))(
    '%s: %s',
    async (fate, _name, line) => {
      const request = line.request(forge);
      // What a query adds is the app's to refuse: a gateway keeps one answer for every query.
      const seen = fate === 'ambiguous' && request.path?.includes('?') ? 'let_in' : fate;
      const first = await ask(handler, requestEvent(request));
      expect(first.status).toBe(statusFor(seen, '1.0'));
      expectHarmless(first, request);
      const second = await ask(handler, httpApiEvent(policy, request));
      expect(second.status).toBe(statusFor(seen, '2.0'));
      expectHarmless(second, request);
    },
  );
});

describe('an allow that the gateway keeps', () => {
  const ROUTES = policy.routes.filter((route) => !route.public);
  const scopes = [...new Set(ROUTES.flatMap((route) => route.scopes))];
  type Called = (typeof ROUTES)[number];
  const call = ({ method, path }: Called, token: string): HostileRequest => ({
    ...bearer(token),
    method,
    path: path.replace(/:\w+/g, 'x7'),
  });
  const mayCall = (route: Called, granted: readonly string[]): boolean =>
    route.scopes.every((scope) => granted.includes(scope));

  /** The gateway's memory: one answer for one set of identity sources. */
  function remembering(
    keyOf: (event: AuthorizerEvent) => unknown,
  ): (event: AuthorizerEvent) => Promise<boolean> {
    const kept = new Map<string, Awaited<ReturnType<Authorizer>>>();
    return async (event) => {
      const key = JSON.stringify(keyOf(event));
      const answer = kept.get(key) ?? (await handler(event));
      kept.set(key, answer);
      return 'isAuthorized' in answer
        ? answer.isAuthorized
        : permits(answer, (event as { methodArn: string }).methodArn);
    };
  }

  it.each(scopes)(
    'for a route of %s, payload 1.0, denies every route that its token may not call',
    async (scope) => {
      const token = forge.claims({ scope });
      for (const first of ROUTES.filter((route) => mayCall(route, [scope]))) {
        const passes = remembering((event) => (event as RequestEvent).multiValueHeaders?.Authorization);
        expect(await passes(requestEvent(call(first, token)))).toBe(true);
        for (const second of ROUTES) {
          expect(await passes(requestEvent(call(second, token)))).toBe(mayCall(second, [scope]));
        }
      }
    },
  );

  it.each(scopes)('for a route of %s, payload 2.0, is none for another route', async (scope) => {
    const token = forge.claims({ scope });
    for (const first of ROUTES.filter((route) => mayCall(route, [scope]))) {
      const passes = remembering((event) => (event as HttpApiEvent).identitySource);
      expect(await passes(httpApiEvent(policy, call(first, token)))).toBe(true);
      for (const second of ROUTES) {
        expect(await passes(httpApiEvent(policy, call(second, token)))).toBe(mayCall(second, [scope]));
      }
    }
  });
});
