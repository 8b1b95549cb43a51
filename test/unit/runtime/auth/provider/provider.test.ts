import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { ClientError } from 'openid-client';
import type { AuthEvent } from '../../../../../runtime/src/auth';
import { resolveClient } from '../../../../../runtime/src/auth/provider/options';
import { Provider } from '../../../../../runtime/src/auth/provider/provider';
import { translateError } from '../../../../../runtime/src/auth/provider/translate-error';
import { systemClock } from '../../../../../runtime/src/time/clock';
import { jwt } from '../../../../support/auth/people';

const SECRET = 'canary-secret';
const REFRESH = 'canary-refresh';

let server: Server;
let url: string;
let answer: (res: ServerResponse) => void;
let metadata: Record<string, unknown>;
let events: AuthEvent[];
let provider: Provider | undefined;

beforeEach(async () => {
  events = [];
  server = createServer((req, res) => {
    if (req.url === '/token') answer(res);
    else res.setHeader('content-type', 'application/json').end(JSON.stringify(metadata));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  metadata = { issuer: url, token_endpoint: `${url}/token` };
});
afterEach(async () => {
  provider?.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function found(): Provider {
  // A provider that is still looked for must not add events to the next test.
  const told = events;
  provider = new Provider(
    resolveClient(url, { clientId: 'web', clientSecret: SECRET, clientAuthentication: 'client_secret_post' }),
    systemClock,
    (event) => told.push(event),
  );
  return provider;
}

const json =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  (res: ServerResponse): void =>
    void res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

const AS_JSON = { 'content-type': 'application/json' };
const HALF = '{"access_tok';
const half = (res: ServerResponse): void => void res.writeHead(200, AS_JSON).end(HALF);
const brokenOff = (res: ServerResponse): void => {
  res.writeHead(200, { ...AS_JSON, 'content-length': 999 });
  res.write(HALF, () => res.destroy());
};

const refusal = async (): Promise<unknown> =>
  found()
    .refresh(REFRESH, {})
    .catch((error: unknown) => error);

describe('what a token endpoint answers', () => {
  it.each<[string, string, string, (res: ServerResponse) => void]>([
    ['a grant that is over', 'REFUSED', 'invalid_grant', json(400, { error: 'invalid_grant' })],
    ['a client that is not believed', 'REFUSED', 'invalid_client', json(401, { error: 'invalid_client' })],
    [
      'the same, with a challenge',
      'REFUSED',
      'invalid_client',
      json(401, { error: 'invalid_client' }, { 'www-authenticate': 'Basic realm="idp"' }),
    ],
    ['a success without a token', 'REFUSED', 'invalid_response', json(200, { token_type: 'bearer' })],
    ['trouble of its own', 'UNAVAILABLE', 'server_error', json(400, { error: 'server_error' })],
    ['trouble, with a status', 'UNAVAILABLE', '500', json(500, { error: 'server_error' })],
    ['too many requests', 'UNAVAILABLE', 'slow_down', json(429, { error: 'slow_down' })],
    ['a proxy’s page', 'UNAVAILABLE', '502', (res) => void res.writeHead(502).end('<html>')],
    ['a time-out of its own', 'UNAVAILABLE', '408', (res) => void res.writeHead(408).end()],
    ['nothing: it hangs up', 'UNAVAILABLE', '', (res) => void res.destroy()],
    ['half of an answer: it hangs up', 'UNAVAILABLE', 'UND_ERR_SOCKET', brokenOff],
    ['a whole answer of half a text', 'REFUSED', 'invalid_response', half],
  ])('%s is %s: %s', async (_what, kind, why, given) => {
    answer = given;
    const error = await refusal();
    expect(error).toMatchObject({ code: `ERR_PROVIDER_${kind}` });
    expect((error as Error).message).toContain(why);
  });

  it('may be half there when the time is up: it does not answer', () => {
    const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    const unread = new Error('failed to parse "response" body as JSON', { cause: late });
    const error = new ClientError('parsing error occured', { cause: unread });
    error.code = 'OAUTH_PARSE_ERROR';
    expect(translateError(error, 'https://idp.example.com')).toMatchObject({
      code: 'ERR_PROVIDER_UNAVAILABLE',
      why: 'it did not answer in time',
    });
  });

  it('is never shown with what was sent, however deep one looks', async () => {
    answer = json(400, { error: `x${'y'.repeat(500)}\u0007`, error_description: 'canary-description' });
    const error = await refusal();
    const shown = inspect(error, { depth: null, showHidden: true });
    expect(shown).not.toContain('canary');
    expect((error as Error).message).not.toContain('\u0007');
    expect((error as Error).message.length).toBeLessThan(150);
  });
});

describe('a member that a provider sends as null is as one that it does not send', () => {
  const bearer = { access_token: 'a', token_type: 'bearer', expires_in: 60 };

  it.each(['refresh_token', 'id_token', 'scope', 'expires_in', 'not_known_here'])(
    'in the answer to a renewal: %s',
    async (name) => {
      answer = json(200, { ...bearer, [name]: null });
      await expect(found().refresh(REFRESH, {})).resolves.toEqual({
        accessToken: 'a',
        lifeSeconds: name === 'expires_in' ? 300 : 60,
      });
    },
  );

  it('in a refusal', async () => {
    answer = json(400, { error: 'invalid_grant', error_description: null, error_uri: null });
    expect(await refusal()).toMatchObject({ code: 'ERR_PROVIDER_REFUSED', reason: 'invalid_grant' });
  });

  it('in its metadata', async () => {
    metadata = { ...metadata, end_session_endpoint: null, revocation_endpoint: null, scopes_supported: null };
    answer = json(200, bearer);
    await expect(found().refresh(REFRESH, {})).resolves.toMatchObject({ accessToken: 'a' });
    await expect(provider?.revoke(REFRESH)).resolves.toBeUndefined();
    expect(provider?.endSessionUrl({})).toBeUndefined();
  });

  it('but an access token that is null is none', async () => {
    answer = json(200, { ...bearer, access_token: null });
    expect(await refusal()).toMatchObject({ code: 'ERR_PROVIDER_REFUSED', reason: 'invalid_response' });
  });
});

describe('how long an access token lives', () => {
  const now = 1_767_225_600;

  it.each<[string, object, object, number]>([
    ['its exp says', { iat: now, exp: now + 120 }, {}, 120],
    ['its exp says, where that is sooner', { iat: now, exp: now + 120 }, { expires_in: 3_600 }, 120],
    ['expires_in says, where that is sooner', { iat: now, exp: now + 900 }, { expires_in: 60 }, 60],
    ['expires_in says, where it has no iat', { exp: now + 120 }, { expires_in: 60 }, 60],
    ['five minutes, where nobody says', {}, {}, 300],
    ['five minutes, where what is said is no life', { iat: now, exp: now - 1 }, { expires_in: 0 }, 300],
    ['five minutes, where what is said is no number', { iat: 'now', exp: 'then' }, {}, 300],
  ])('%s', async (_what, claims, more, lifeSeconds) => {
    answer = json(200, { access_token: jwt(claims), token_type: 'bearer', ...more });
    await expect(found().refresh(REFRESH, {})).resolves.toMatchObject({ lifeSeconds });
  });
});

describe('a provider', () => {
  it('that says it is another is not believed, and nothing is asked of it', async () => {
    metadata = { ...metadata, issuer: 'https://evil.example' };
    answer = () => {
      throw new Error('asked');
    };
    expect(await refusal()).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryAfterSeconds: 1 });
    expect(events).toMatchObject([
      {
        type: 'provider_unavailable',
        issuer: url,
        cause: expect.stringContaining('issuer does not match') as string,
      },
    ]);
    expect(provider?.known).toBe(false);
  });

  it('that is there is told once', async () => {
    answer = json(200, { access_token: 'a', token_type: 'bearer', expires_in: 60 });
    await expect(found().refresh(REFRESH, {})).resolves.toEqual({ accessToken: 'a', lifeSeconds: 60 });
    expect(events).toEqual([{ type: 'provider_found', issuer: url }]);
  });
});

describe('an endpoint that the provider announces', () => {
  const ENDPOINTS = [
    'authorization_endpoint',
    'token_endpoint',
    'revocation_endpoint',
    'end_session_endpoint',
  ];

  it.each(
    ENDPOINTS.flatMap((name) =>
      [
        'http://auth.example.com/x',
        'http://127.0.0.2:9000/x',
        'http://localhost/x',
        'file:///etc/passwd',
        'javascript:alert(1)',
        'not an address',
        7,
      ].map((address) => [name, address] as const),
    ),
  )('is not believed where %s is %p', async (name, address) => {
    metadata = { ...metadata, [name]: address };
    const error: unknown = await found()
      .begin({})
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
    expect((error as Error).message).toContain(`${name} is not https`);
    expect(provider?.known).toBe(false);
    expect(events).toContainEqual({
      type: 'provider_unavailable',
      issuer: url,
      cause: expect.stringContaining(name) as string,
    });
  });

  it('is believed where it is https, or plain http of a loopback issuer’s own host', async () => {
    metadata = {
      ...metadata,
      authorization_endpoint: 'https://login.example.com/authorize',
      end_session_endpoint: `${url}/logout`,
    };
    const { url: address } = await found().begin({});
    expect(address).toMatch(/^https:\/\/login\.example\.com\/authorize\?/);
    expect(provider?.endSessionUrl({})).toContain(`${url}/logout`);
  });
});
