import { generateKeyPairSync } from 'node:crypto';
import { AuthOptionsError } from '../../../../../runtime/src/auth';
import { resolveLogin, type LoginOptions } from '../../../../../runtime/src/auth/login/options';
import { policy } from '../../../../../policy';

const good: LoginOptions = {
  policy,
  clientId: 'web',
  clientSecret: 'hunter2',
  redirectUri: 'https://app.example.com/auth/callback',
  encryptionKeys: ['k'.repeat(32)],
};

const problemsOf = (options: object): readonly { path: string; message: string }[] => {
  try {
    resolveLogin({ ...good, ...options });
    return [];
  } catch (error) {
    if (error instanceof AuthOptionsError) return error.problems;
    throw error;
  }
};

it('takes what it can from the policy', () => {
  expect(resolveLogin(good)).toMatchObject({
    provider: { issuer: policy.issuer, authentication: { method: 'client_secret_basic' } },
    target: { resource: policy.audience },
    scope: 'openid read:transactions write:transactions generate:reports',
    limits: { maxAgeMs: 8 * 3_600_000, idleMs: 3_600_000 },
  });
});

it.each<[string, object]>([
  ['policy', { policy: {} }],
  ['issuer', { issuer: 'http://idp.example.com' }],
  ['clientId', { clientId: '' }],
  ['clientSecret', { clientSecret: undefined }],
  ['clientAuthentication', { clientAuthentication: 'tls_client_auth' }],
  ['redirectUri', { redirectUri: 'http://app.example.com/auth/callback' }],
  ['redirectUri', { redirectUri: 'https://app.example.com/callback' }],
  ['redirectUri', { redirectUri: 'https://app.example.com/auth/callback?a=b' }],
  ['redirectUri', { redirectUri: 'https://user@app.example.com/auth/callback' }],
  ['encryptionKeys', { encryptionKeys: [] }],
  ['encryptionKeys[1]', { encryptionKeys: ['k'.repeat(32), 'short'] }],
  ['scopes', { scopes: ['read:transactions'] }],
  ['scopes[1]', { scopes: ['openid', 'two words'] }],
  ['logoutParameter', { logoutParameter: 'https://x' }],
  ['logoutParameter', { logoutParameter: 'id_token_hint' }],
  ['idle', { idle: '15m' }],
  ['idle', { idle: '15 minutes' }],
  ['idle', { idle: '9h' }],
  ['revocations', { revocations: { revoke: () => undefined } }],
  ['revocations', { revocations: { sessionState: () => 'good', issuers: ['https://another.example.com'] } }],
  ['claims.organisation', { claims: { organisation: '' } }],
  ['redis', { redis: {} }],
  ['onEvent', { onEvent: 'log' }],
])('names %s in %j', (path, options) => {
  expect(problemsOf(options).map((problem) => problem.path)).toEqual([path]);
});

it('tells every problem at once, and no secret', () => {
  const problems = problemsOf({
    clientId: undefined,
    redirectUri: 'nowhere',
    encryptionKeys: ['hunter2'],
    idle: '1m',
  });
  expect(problems.map(({ path }) => path)).toEqual(['clientId', 'redirectUri', 'encryptionKeys[0]', 'idle']);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

it('takes plain http on loopback, where it cannot leave the machine', () => {
  expect(problemsOf({ redirectUri: 'http://localhost:3000/auth/callback' })).toEqual([]);
});

it('asks a function for the keys at each use, and goes on with the last good ones', () => {
  let given: unknown = ['k'.repeat(32)];
  const { encryptionKeys } = resolveLogin({ ...good, encryptionKeys: () => given as string[] });
  expect(encryptionKeys()).toEqual(['k'.repeat(32)]);
  given = ['n'.repeat(32), 'k'.repeat(32)];
  expect(encryptionKeys()).toEqual(given);
  for (const bad of [[], ['short'], undefined, 'k'.repeat(32)]) {
    given = bad;
    expect(encryptionKeys()).toEqual(['n'.repeat(32), 'k'.repeat(32)]);
  }
  const broken = (): never => {
    throw new Error('canary');
  };
  expect(problemsOf({ encryptionKeys: broken }).map(({ path }) => path)).toEqual(['encryptionKeys']);
  expect(problemsOf({ encryptionKeys: () => ['short'] }).map(({ path }) => path)).toEqual([
    'encryptionKeys[0]',
  ]);
});

it('has its routes below the path that the app is below', () => {
  expect(problemsOf({ redirectUri: 'https://app.example.com/shop/auth/callback' })).toEqual([]);
});

it.each([
  'https://app.example.com/shop//auth/callback',
  'https://app.example.com/%2e/auth/callback',
  'https://app.example.com/shop/../auth/callback',
])('refuses %s, which servers read differently', (redirectUri) => {
  expect(problemsOf({ redirectUri }).map(({ path }) => path)).toEqual(['redirectUri']);
});

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
const jwk = privateKey.export({ format: 'jwk' });

it.each<[string, object, string[]]>([
  ['a public client', { clientSecret: undefined, clientAuthentication: 'none' }, []],
  ['a key as PEM', { clientSecret: undefined, privateKey: pem }, []],
  ['a key as JWK', { clientSecret: undefined, privateKey: { ...jwk, kid: 'a' } }, []],
  ['a public client with a secret', { clientAuthentication: 'none' }, ['clientSecret']],
  ['a key beside a secret', { privateKey: pem }, ['clientSecret']],
  ['a secret where a key signs', { clientAuthentication: 'private_key_jwt' }, ['clientSecret', 'privateKey']],
  ['a key that is none', { clientSecret: undefined, privateKey: 'canary' }, ['privateKey']],
  ['a public key', { clientSecret: undefined, privateKey: { ...jwk, d: undefined } }, ['privateKey']],
])('of how the client says who it is, takes or refuses %s', (_, options, paths) => {
  const problems = problemsOf(options);
  expect(problems.map(({ path }) => path)).toEqual(paths);
  expect(JSON.stringify(problems)).not.toContain('canary');
});

it.each(['state', 'nonce', 'redirect_uri', 'request', 'resource', 'code_challenge', ''])(
  'lets nobody say %j to the provider in its place',
  (name) => {
    expect(problemsOf({ parameters: { [name]: 'x' } })).toHaveLength(1);
  },
);

it('says what else the provider is asked for, and no resource to those that refuse it', () => {
  const parameters = { prompt: 'login', organization: 'acme' };
  expect(resolveLogin({ ...good, parameters, resource: false })).toMatchObject({ parameters, target: {} });
});
