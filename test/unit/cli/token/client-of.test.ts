import { clientOf, type Places } from '../../../../cli/src/token/client-of';
import { policy } from '../../../../policy';

const config = {
  policy,
  environments: {
    local: {},
    staging: {
      issuer: 'https://auth.staging.example.com',
      verify: { clients: { pro: { clientId: 'verify-pro', secretVariable: 'PRO_SECRET', scopes: ['a'] } } },
    },
  },
};
const sandbox: NonNullable<Places['sandbox']> = {
  ...{ folder: '/repository', startedAt: 0, environment: 'local', issuer: 'http://127.0.0.1:1' },
  ...{ vaultAddress: 'http://127.0.0.1:2', redis: { host: '127.0.0.1', port: 3 }, statusSocket: '/socket' },
  clients: [
    { clientId: 'free-one', tier: 'free' },
    { clientId: 'free-two', tier: 'free' },
  ],
  client: (clientId) => Promise.resolve({ clientId, clientSecret: `of ${clientId}` }),
  stackVariables: () => Promise.resolve(undefined),
  vaultToken: () => Promise.reject(new Error('no token of Vault is asked for')),
};
const variables = { PRO_SECRET: 'from-the-environment' };
const find = (name: string, environment?: string, running?: typeof sandbox) =>
  clientOf(name, { config, environment, sandbox: running, variables });

it.each(['pro', 'verify-pro'])('finds %s in the config, by tier and by client ID', async (name) => {
  await expect(find(name, 'staging')).resolves.toMatchObject({
    issuer: 'https://auth.staging.example.com',
    client: { clientId: 'verify-pro', clientSecret: 'from-the-environment' },
    scopes: ['a'],
    parameters: { audience: policy.audience, resource: policy.audience },
  });
});

it.each([
  ['free', undefined, 'free-one'],
  ['free-two', undefined, 'free-two'],
  ['free', 'local', 'free-one'],
])('finds %s in what runs, where %s is named', async (name, environment, clientId) => {
  const found = await find(name, environment, sandbox);
  expect(found).toMatchObject({
    ...{ environment: 'local', issuer: 'http://127.0.0.1:1' },
    client: { clientId, clientSecret: `of ${clientId}` },
  });
  expect(found.scopes).toContain('read:transactions');
});

it('what runs stands in for no other environment', async () => {
  await expect(find('pro', 'staging', sandbox)).resolves.toMatchObject({ environment: 'staging' });
});

it.each([
  ['nothing is named', 'pro', undefined, undefined, /no environment is named.*-e staging/],
  ['no such environment', 'pro', 'live', sandbox, /no environment "live".*local, staging/],
  [
    'no such client',
    'gold',
    'staging',
    undefined,
    /staging has no tier and no client "gold"; it has pro \(verify-pro\)/,
  ],
  ['no such client in what runs', 'gold', undefined, sandbox, /free \(free-one\), free \(free-two\)/],
  ['an environment without clients', 'pro', 'local', undefined, /it has no clients.*secretVariable/],
] as const)('says what to do: %s', async (_, name, environment, running, message) => {
  await expect(find(name, environment, running)).rejects.toMatchObject({
    code: 'ERR_SETTING',
    message: expect.stringMatching(message) as string,
  });
});

it('names the variable that is not set', async () => {
  const unset = clientOf('pro', { config, environment: 'staging', sandbox: undefined, variables: {} });
  await expect(unset).rejects.toThrow(/PRO_SECRET is not set/);
});
