import {
  backChannelLogout,
  RevocationNotStoredError,
  type AuthEvent,
  type BackChannelLogout,
  type Revocation,
  type RevocationList,
} from '@portcullis/runtime';
import express from 'express';
import type { JWTPayload } from 'jose';
import { serve, type Answer, type HeaderLines, type RunningApp } from '../../../../support/auth/app';
import {
  AUDIENCE,
  makeKey,
  startIssuer,
  type TestIssuer,
  type TestKey,
} from '../../../../support/auth/issuer';

const CLIENT = 'fintech-web';
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const FORM: HeaderLines = [['Content-Type', 'application/x-www-form-urlencoded']];

let issuer: TestIssuer;
let key: TestKey;
let stranger: TestKey;
let logout: BackChannelLogout;
let app: RunningApp;
let revoked: Revocation[];
let events: AuthEvent[];
let outcome: () => Promise<void>;

beforeAll(async () => {
  [issuer, key, stranger] = await Promise.all([startIssuer(), makeKey('key-1'), makeKey('key-1')]);
  issuer.publish(key);
  const revocations: RevocationList = {
    issuers: [issuer.url],
    toleranceSeconds: 5,
    revoke: (revocation) => {
      revoked.push(revocation);
      return outcome();
    },
    revoked: () => false,
    sessionState: () => 'good',
    current: true,
    close: () => undefined,
  };
  logout = backChannelLogout({
    ...{ revocations, issuer: issuer.url, clientId: CLIENT },
    onEvent: (event) => event.type.startsWith('logout_') && events.push(event),
  });
  app = await serve(express().post('/logout', logout));
});
beforeEach(() => {
  [revoked, events, outcome] = [[], [], () => Promise.resolve()];
});
afterAll(async () => {
  logout.close();
  await app.stop();
  await issuer.stop();
});

let minted = 0;
const now = () => Math.floor(Date.now() / 1_000);
/** Claims of a good logout token, with these in place of its own; `undefined` leaves one out. */
const claims = (more: Record<string, unknown> = {}): JWTPayload => ({
  ...{ iss: issuer.url, aud: CLIENT, sub: 'user-1', sid: 'session-1' },
  ...{ iat: now(), exp: now() + 120, jti: `logout-${(minted += 1)}`, events: { [EVENT]: {} } },
  ...more,
});
const sign = (payload: JWTPayload, header = {}, by = key): Promise<string> =>
  issuer.sign(payload, by, { typ: 'logout+jwt', ...header });
const post = (body: string, headers = FORM): Promise<Answer> => app.send('POST', '/logout', headers, body);
const send = (token: string): Promise<Answer> =>
  post(new URLSearchParams({ logout_token: token }).toString());

describe('a good logout token', () => {
  it.each<[string, () => JWTPayload, object, () => object]>([
    ['with a session', claims, {}, () => ({ sid: 'session-1', subject: 'user-1' })],
    ['with a session alone', () => claims({ sub: undefined }), {}, () => ({ sid: 'session-1' })],
    ['with a subject alone', () => claims({ sid: undefined }), {}, () => ({ subject: 'user-1' })],
    [
      'for several audiences',
      () => claims({ aud: ['x', CLIENT], sid: undefined }),
      {},
      () => ({ subject: 'user-1' }),
    ],
    [
      'of the long type',
      () => claims({ sid: undefined }),
      { typ: 'Application/Logout+JWT' },
      () => ({ subject: 'user-1' }),
    ],
    ['of type JWT', () => claims({ sid: undefined }), { typ: 'JWT' }, () => ({ subject: 'user-1' })],
    ['without a type', () => claims({ sid: undefined }), { typ: undefined }, () => ({ subject: 'user-1' })],
  ])('%s revokes what was issued up to its own moment', async (_which, payload, header, who) => {
    const made = payload();
    const { status, headers, text } = await send(await sign(made, header));
    expect([status, text, headers['cache-control']]).toEqual([200, '', 'no-store']);
    expect(revoked).toEqual([{ issuer: issuer.url, issuedUntil: made.iat, ...who() }]);
    const of = 'sid' in who() ? 'session' : 'subject';
    expect(events).toEqual([{ type: 'logout_received', issuer: issuer.url, of }]);
  });
});

type Hostile = readonly [what: string, reason: string, token: () => string | Promise<string>];

const withClaims = (what: string, reason: string, more: () => Record<string, unknown>): Hostile => [
  what,
  reason,
  () => sign(claims(more())),
];
const withHeader = (what: string, reason: string, header: object): Hostile => [
  what,
  reason,
  () => sign(claims(), header),
];
const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const hostile: readonly Hostile[] = [
  ['nothing', 'malformed', () => ''],
  ['no token', 'malformed', () => 'logout'],
  ['two parts', 'malformed', () => 'a.b'],
  ['an encrypted token', 'malformed', () => 'a.b.c.d.e'],
  ['a token of 20 KB', 'malformed', () => 'x'.repeat(20_000)],
  ['no signature', 'malformed', () => `${b64({ alg: 'none' })}.${b64(claims())}.`],
  [
    'alg none with a signature',
    'algorithm_not_allowed',
    () => `${b64({ alg: 'none' })}.${b64(claims())}.AAAA`,
  ],
  [
    'alg HS256',
    'algorithm_not_allowed',
    () => `${b64({ alg: 'HS256', kid: 'key-1' })}.${b64(claims())}.AAAA`,
  ],
  ['a signature of another key', 'bad_signature', () => sign(claims(), {}, stranger)],
  ['a key that is not published', 'unknown_key', () => sign(claims(), { kid: 'another' })],
  withHeader('a certificate from elsewhere', 'forbidden_header', { x5u: 'https://evil.example/cert' }),
  withHeader('an embedded key', 'forbidden_header', { jwk: {} }),
  withHeader('a key from elsewhere', 'forbidden_header', { jku: 'https://evil.example/jwks' }),
  withHeader('the type of an access token', 'wrong_type', { typ: 'at+jwt' }),
  withHeader('the type of another event', 'wrong_type', { typ: 'secevent+jwt' }),
  withClaims('another issuer', 'unknown_issuer', () => ({ iss: 'https://evil.example' })),
  withClaims('the issuer with a slash', 'unknown_issuer', () => ({ iss: `${issuer.url}/` })),
  withClaims('another client as audience', 'wrong_audience', () => ({ aud: 'another' })),
  withClaims('the API as audience', 'wrong_audience', () => ({ aud: AUDIENCE })),
  withClaims('no audience', 'wrong_audience', () => ({ aud: undefined })),
  withClaims('an audience of numbers', 'wrong_audience', () => ({ aud: [CLIENT, 7] })),
  withClaims('no events: an ID token', 'wrong_type', () => ({ events: undefined })),
  withClaims('another event', 'wrong_type', () => ({ events: { 'https://x.example/login': {} } })),
  withClaims('an event that is no object', 'wrong_type', () => ({ events: { [EVENT]: true } })),
  withClaims('events as a list', 'wrong_type', () => ({ events: [EVENT] })),
  withClaims('a nonce', 'wrong_type', () => ({ nonce: 'n' })),
  withClaims('a nonce that is null', 'wrong_type', () => ({ nonce: null })),
  withClaims('neither sub nor sid', 'bad_claim', () => ({ sub: undefined, sid: undefined })),
  withClaims('an empty sid', 'bad_claim', () => ({ sid: '' })),
  withClaims('a sub that is no string', 'bad_claim', () => ({ sub: { $ne: '' } })),
  withClaims('no jti', 'bad_claim', () => ({ jti: undefined })),
  withClaims('no iat', 'bad_claim', () => ({ iat: undefined })),
  withClaims('no exp', 'bad_claim', () => ({ exp: undefined })),
  withClaims('an iat that is text', 'bad_claim', () => ({ iat: '1' })),
  withClaims('an exp before its iat', 'bad_claim', () => ({ exp: now() - 1, iat: now() })),
  withClaims('an end that has passed', 'expired', () => ({ iat: now() - 120, exp: now() - 5 })),
  withClaims('a start that is to come', 'not_yet_valid', () => ({ iat: now() + 10 })),
];

it.each(hostile)('refuses %s (%s), and revokes nothing', async (_what, reason, token) => {
  const { status, headers, body } = await send(await token());
  expect([status, headers['cache-control']]).toEqual([400, 'no-store']);
  expect(body).toEqual({ error: 'invalid_request', message: 'Logout token validation failed' });
  expect(revoked).toEqual([]);
  expect(events).toEqual([{ type: 'logout_refused', issuer: issuer.url, reason }]);
});

describe('a request that is no form with one token', () => {
  const json: HeaderLines = [['Content-Type', 'application/json']];
  const type = (value: string): HeaderLines => [['Content-Type', value]];
  it.each<[string, () => string | Promise<string>, HeaderLines]>([
    ['JSON', async () => JSON.stringify({ logout_token: await sign(claims()) }), json],
    ['no type', async () => `logout_token=${await sign(claims())}`, []],
    ['the token twice', async () => `logout_token=${await sign(claims())}&logout_token=x`, FORM],
    ['the token in brackets', async () => `logout_token[]=${await sign(claims())}`, FORM],
    ['too many parameters', async () => `${'a=1&'.repeat(17)}logout_token=${await sign(claims())}`, FORM],
    ['too much', async () => `logout_token=${await sign(claims())}&a=${'b'.repeat(20_000)}`, FORM],
    ['another charset', () => 'logout_token=x', type('application/x-www-form-urlencoded; charset=utf-7')],
    ['a broken escape', () => 'logout_token=%', FORM],
    ['an unknown encoding', () => 'x', [...FORM, ['Content-Encoding', 'rot13']]],
    ['a broken gzip', () => 'x', [...FORM, ['Content-Encoding', 'gzip']]],
    ['__proto__', () => '__proto__[logout_token]=x', FORM],
  ])('is refused: %s', async (_what, body, headers) => {
    const { status, body: answered } = await post(await body(), headers);
    expect([status, answered.error, revoked]).toEqual([400, 'invalid_request', []]);
    expect(events).toEqual([{ type: 'logout_refused', issuer: issuer.url, reason: 'malformed' }]);
  });
});

it('takes a token once, unless the first time failed', async () => {
  const token = await sign(claims());
  outcome = () => Promise.reject(new RevocationNotStoredError(new Error('no connection to Redis')));
  const { status, body, headers } = await send(token);
  expect([status, body.error, headers['retry-after']]).toEqual([400, 'temporarily_unavailable', '1']);
  expect(events.at(-1)?.type).toBe('logout_failed');

  outcome = () => Promise.resolve();
  expect((await send(token)).status).toBe(200);
  expect((await send(token)).status).toBe(400);
  expect(revoked).toHaveLength(2);
  expect(events.at(-1)).toEqual({ type: 'logout_refused', issuer: issuer.url, reason: 'replayed' });
});

it('says that it failed, not that the token is bad, while the keys cannot be had', async () => {
  const silent = await startIssuer();
  silent.answerWith(500);
  const revocations = { issuers: [silent.url], revoke: () => undefined } as unknown as RevocationList;
  const handler = backChannelLogout({ revocations, issuer: silent.url, clientId: CLIENT });
  const other = await serve(express().post('/logout', handler));
  const token = await sign(claims({ iss: silent.url }));
  const { status, body, headers } = await other.send('POST', '/logout', FORM, `logout_token=${token}`);
  expect([status, body.error]).toEqual([400, 'temporarily_unavailable']);
  expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  handler.close();
  await other.stop();
  await silent.stop();
});

it('is not made from wrong options: all problems at once', () => {
  const paths = (options: object): string[] => {
    try {
      backChannelLogout(options as never).close();
      return [];
    } catch (error) {
      return (error as { problems: { path: string }[] }).problems.map(({ path }) => path);
    }
  };
  expect(paths({ revocations: {}, issuer: 'http://x.example', clientId: '', algorithms: ['none'] })).toEqual([
    'revocations',
    'issuer',
    'clientId',
    'algorithms[0]',
  ]);
  const following = { issuers: ['https://a.example'], revoke: () => undefined };
  expect(paths({ revocations: following, issuer: 'https://b.example', clientId: 'c' })).toEqual(['issuer']);
});
