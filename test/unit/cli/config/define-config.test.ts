import { defineConfig, type ConfigInput } from '@portcullis/cli';
import { z } from 'zod';
import { problemOfField } from '../../../../cli/src/secrets/known-fields';
import { policy } from '../../../../policy';

const problemsOf = (input: unknown): string[] => {
  try {
    defineConfig(input as ConfigInput);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.trim());
  }
};

it('takes the least that a team can say, and fills the rest in', () => {
  expect(defineConfig({ policy, environments: { 'team-a': {} } })).toMatchObject({
    project: policy.name,
    vault: {
      kv: 'secret',
      database: 'database',
      pseudonyms: 'pseudonyms',
      pseudonymKey: policy.name,
      limitsEntry: `${policy.name}/limits`,
      supportRole: 'redis-support-role',
      revokeRole: 'redis-revoke-role',
      sweepRole: 'redis-sweep-role',
    },
  });
});

it('may be checked again', () => {
  const config = defineConfig({ policy, environments: { live: { stacks: ['api-live'] } } });
  expect(defineConfig(config)).toEqual(config);
});

it('is refused with every problem at once: where it is, what was received, what is expected', () => {
  expect(
    problemsOf({
      project: 'Our API',
      policy: { issuer: 'https://auth.example.com' },
      environments: {
        Live: {},
        staging: { stacks: [], vaultAddress: 'http://vault.example.com', region: 'eu-central-1' },
      },
      vault: { kv: '/secret', entries: { 'a/b': 'text' } },
      repository: 'github',
    }),
  ).toEqual([
    'the config has 9 problems',
    'project: received "Our API"; expected a name such as "orders": lower-case letters, digits, hyphens',
    'policy: received an object; expected what definePolicy() returned, as in policy: definePolicy({ … })',
    "environments.staging.stacks: received an empty list; expected a list such as ['vault-staging']",
    'environments.staging.vaultAddress: received "http://vault.example.com"; expected an https URL such as "https://vault.staging.example.com" (http only on loopback)',
    'environments.staging: received "region", which is unknown here; known are stacks, vaultAddress, issuer, redis, realm, protected, verify',
    'environments.Live: received "Live"; expected a name such as "staging" or "team-a": lower-case letters, digits, hyphens',
    'vault.kv: received "/secret"; expected a path in Vault such as "secret", without a slash at its ends',
    'vault.entries.a/b: received "text"; expected a zod object such as z.object({ signing_key: z.string().min(32) })',
    'repository: received "github"; expected { delivery, scanning, codeOwners }, or a function that returns it',
    '(ERR_CONFIG)',
  ]);
});

it.each([
  ['nothing', undefined, '(root): received undefined; expected what defineConfig() takes'],
  [
    'no policy',
    { environments: { a: {} } },
    'policy: received undefined; expected what definePolicy() returned',
  ],
  ['no environment', { policy, environments: {} }, 'environments: received {}; expected one at least'],
  [
    'a password',
    { policy, environments: { a: { vaultAddress: 'ftp://u:canary@v' } } },
    'environments.a.vaultAddress',
  ],
])('is refused for %s', (_, input, problem) => {
  const problems = problemsOf(input);
  expect(problems.join('\n')).toContain(problem);
  expect(problems.join('\n')).not.toContain('canary');
});

it('says what entries of Vault hold, by names of the team', () => {
  const check = problemOfField(
    defineConfig({
      policy,
      environments: { live: {} },
      vault: {
        kv: 'kv',
        limitsEntry: 'caps',
        entries: { 'orders/config': z.object({ key: z.string().min(8, 'too short') }) },
      },
    }),
  );
  expect(check('kv/orders/config', 'key', 'short')).toBe('too short');
  expect(check('kv/orders/config', 'toString', 'x')).toBeUndefined();
  expect(check('kv/caps', 'acme', 'gold')).toContain('expected a tier');
  expect(check('secret/orders/config', 'key', 'short')).toBeUndefined();
});

it('takes what verify calls an API with, and refuses what is none of it', () => {
  const staging = {
    protected: true,
    verify: {
      clients: { pro: { clientId: 'verify-pro', secretVariable: 'VERIFY_PRO_SECRET' } },
      examples: { 'GET /orders/:id': { id: '4711' } },
      pairs: [{ route: 'GET /orders/:id', tier: 'pro', own: { id: '1' }, other: { id: '2' } }],
      expiredTokenVariable: 'EXPIRED_TOKEN',
    },
  };
  expect(defineConfig({ policy, environments: { staging } }).environments.staging).toEqual(staging);
  const wrong = {
    protected: 'yes',
    verify: { clients: { pro: { clientId: 'a', secretVariable: 'a secret' } }, examples: { orders: {} } },
  };
  expect(problemsOf({ policy, environments: { staging: wrong } })).toEqual([
    'the config has 3 problems',
    'environments.staging.protected: received "yes"; expected true or false',
    expect.stringContaining('environments.staging.verify.clients.pro.secretVariable') as string,
    expect.stringContaining('environments.staging.verify.examples.orders') as string,
    '(ERR_CONFIG)',
  ]);
});
