/** The app against everything hostile that we know: each case has one right answer. */
import express from 'express';
import { policy } from '../../policy';
import { enforce, requireAuth, type AuthEvent, type AuthMiddleware } from '../../runtime/src/auth';
import { startIssuer, type TestIssuer } from '../support/auth/issuer';
import { NOW, stopTheCalendar } from './calendar';
import { requestCases, targetCases, tokenCases, wireCases, type Fate, type RequestCase } from './cases';
import { Forge } from '../support/attack/forge';
import { listen, secretsIn, toBytes, type Listening, type RawAnswer } from '../support/attack/wire';

const LARGEST_ANSWER = 8_192;

let issuer: TestIssuer;
let forge: Forge;
let auth: AuthMiddleware;
let app: Listening;
let events: AuthEvent[] = [];

beforeAll(async () => {
  stopTheCalendar();
  issuer = await startIssuer();
  forge = new Forge(issuer.url, policy.audience, NOW);
  issuer.publish(...forge.published);
  auth = requireAuth({ policy, issuer: issuer.url, onEvent: (event) => events.push(event) });
  const api = express();
  api.use(express.urlencoded({ extended: false }), auth, enforce(policy));
  api.use((req, res) => void res.json({ tier: req.auth?.tier }));
  app = await listen(api);
});

afterAll(async () => {
  auth.close();
  await app.stop();
  await issuer.stop();
  jest.useRealTimers();
});

beforeEach(() => {
  events = [];
});

interface Expected {
  readonly status: number;
  readonly error?: string;
  readonly challenge?: string;
}

const BARE = 'Bearer realm="api"';

function expectedFor(fate: Fate | RequestCase['fate']): Expected {
  switch (fate) {
    case 'let_in':
      return { status: 200 };
    case 'no_token':
      return { status: 401, error: 'unauthorized', challenge: BARE };
    case 'ambiguous':
      return { status: 400, error: 'invalid_request', challenge: `${BARE}, error="invalid_request"` };
    case 'ambiguous_path':
      return { status: 400, error: 'invalid_request' };
    case 'unlisted':
      return { status: 403, error: 'forbidden' };
    case 'too_little':
      return { status: 403, error: 'insufficient_scope' };
    case 'expired':
      return {
        status: 401,
        error: 'token_expired',
        challenge: `${BARE}, error="invalid_token", error_description="The access token has expired"`,
      };
    default:
      return {
        status: 401,
        error: 'invalid_token',
        challenge: `${BARE}, error="invalid_token", error_description="Token validation failed"`,
      };
  }
}

/** What holds for every answer, whatever was sent. */
function expectHarmless(answer: RawAnswer, sent: string): void {
  expect(answer.status).toBeLessThan(500);
  expect(answer.bytes).toBeLessThanOrEqual(LARGEST_ANSWER);
  expect(answer.text.split('HTTP/1.1 ').length).toBeLessThanOrEqual(2);
  for (const secret of secretsIn(sent)) expect(answer.text).not.toContain(secret);
}

function expectAnswer(answer: RawAnswer, expected: Expected, headOnly = false): void {
  expect(answer.status).toBe(expected.status);
  if (expected.error && !headOnly) expect(JSON.parse(answer.body)).toMatchObject({ error: expected.error });
  if (expected.challenge) expect(answer.headers.get('www-authenticate')).toBe(expected.challenge);
  if (expected.error) expect(answer.headers.get('cache-control')).toBe('no-store');
}

const refusals = (): string[] =>
  events.flatMap((event) => (event.type === 'token_refused' ? [event.reason] : []));
const NO_REFUSAL: readonly Fate[] = ['let_in', 'too_little', 'no_token'];

describe.each(Object.entries(tokenCases))('a token: %s', (_family, cases) => {
  it.each(cases.map((line) => [line.fate, line.name, line] as const))('%s: %s', async (fate, _name, line) => {
    const token = line.token(forge);
    const sent = toBytes({ headers: [['Authorization', `Bearer ${token}`]] });
    const answer = await app.send(sent);
    expectAnswer(answer, expectedFor(fate));
    expectHarmless(answer, sent);
    expect(refusals()).toEqual(NO_REFUSAL.includes(fate) ? [] : [fate]);
  });
});

describe('a request', () => {
  it.each(requestCases.map((line) => [line.fate, line.name, line] as const))(
    '%s: %s',
    async (fate, _name, line) => {
      const request = line.request(forge);
      const sent = toBytes(request);
      const answer = await app.send(sent);
      expectAnswer(answer, expectedFor(fate), request.method === 'HEAD');
      expectHarmless(answer, sent);
    },
  );
});

describe('on the wire', () => {
  it.each(wireCases.map((line) => [line.status, line.name, line] as const))(
    '%d: %s',
    async (status, _name, line) => {
      const sent = line.bytes(forge);
      const answer = await app.send(sent);
      expect(answer.status).toBe(status);
      expectHarmless(answer, sent);
    },
  );
});

describe('a request target', () => {
  /** The answers to a good token, to one with another scope, and to none. */
  const answers = {
    route: [200, 403, 401],
    page: [200, 200, 200],
    unlisted: [403, 403, 401],
    ambiguous: [400, 400, 400],
    no_path: [404, 404, 404],
    no_request: [400, 400, 400],
  } as const;

  it.each(targetCases.map((line) => [line.leadsTo, line.target] as const))(
    '%s: %j',
    async (leadsTo, target) => {
      const statuses: number[] = [];
      for (const token of [forge.token(), forge.claims({ scope: 'write:transactions' }), undefined]) {
        const headers = token === undefined ? [] : [['Authorization', `Bearer ${token}`] as const];
        const sent = toBytes({ path: target, headers });
        const answer = await app.send(sent);
        expectHarmless(answer, sent);
        statuses.push(answer.status);
      }
      expect(statuses).toEqual(answers[leadsTo]);
    },
  );
});

it('asks an issuer that is up for invented keys once in a while, and never answers 5xx', async () => {
  const before = issuer.fetches();
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      app.send(toBytes({ headers: [['Authorization', `Bearer ${forge.header({ kid: `invented-${i}` })}`]] })),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  expect(issuer.fetches() - before).toBeLessThanOrEqual(2);
});

it('has 120 cases and more', () => {
  const names = [...Object.values(tokenCases).flat(), ...requestCases, ...wireCases].map(({ name }) => name);
  expect(new Set(names).size).toBeGreaterThanOrEqual(120);
  expect(new Set(names).size).toBe(names.length);
});
