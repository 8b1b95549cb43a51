/** What `portcullis doctor <environment>` sees of real servers. */
import { defineConfig } from '@portcullis/cli';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { judgeTarget } from '../../../../cli/src/doctor/judge/target';
import { lookAtTarget } from '../../../../cli/src/doctor/probe/target';
import { policy } from '../../../../policy';
import { useOidc, useOpenBao, useRedis } from '../../../support/engines';
import { redisCommand } from '../../../../cli/src/local/servers/redis';

const openbao = useOpenBao();
const redis = useRedis();
const oidc = useOidc({ audience: policy.audience, scopes: [], accessTokenSeconds: 900, clients: [] });

const found = async (
  env: NodeJS.ProcessEnv = {},
): Promise<Record<'right' | 'wrong' | 'unknown', string[]>> => {
  const config = defineConfig({
    policy,
    environments: { live: { vaultAddress: openbao().address, issuer: oidc().issuer } },
  });
  const variables = { VAULT_TOKEN: openbao().rootToken, REDIS_URL: redis().adminUrl, ...env };
  const findings = judgeTarget(await lookAtTarget(config, 'live', variables));
  const of = (state: string): string[] =>
    findings.filter((one) => one.state === state).map((one) => one.found);
  return { right: of('right'), wrong: of('wrong'), unknown: of('unknown') };
};

it('is right where all of it is', async () => {
  expect(await found()).toEqual({
    right: [
      `Vault at ${openbao().address} is unsealed`,
      'the token does not end',
      '2 audit devices',
      `identity provider ${oidc().issuer}`,
      '1 key to verify tokens with',
      'Redis evicts nothing',
    ],
    wrong: [],
    unknown: [],
  });
});

it('says what is wrong, and what the token may not see', async () => {
  const root = new VaultClient(openbao().address, openbao().rootToken);
  const { auth } = await root.write('auth/token/create', { policies: ['default'], ttl: '60s' });
  await redisCommand(redis().adminUrl, ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru']);
  const seen = await found({ VAULT_TOKEN: auth?.client_token });
  expect(seen.wrong).toEqual([
    expect.stringMatching(/^the token ends in \d+ s$/),
    'maxmemory-policy of Redis is allkeys-lru; expected noeviction: counters that are evicted let callers through',
  ]);
  expect(seen.unknown).toEqual(['the token may not list audit devices']);
  expect((await found({ VAULT_TOKEN: 's.canary' })).wrong).toContain(
    'Vault does not know the token: it ended, or is of another Vault',
  );
});

it('sends the token nowhere in the clear, and needs none to see that Vault is there', async () => {
  const seen = await found({ VAULT_TOKEN: '', REDIS_URL: '' });
  expect(seen.unknown).toEqual([
    'VAULT_TOKEN is not set: nothing that wants a token was looked at',
    'the token may not list audit devices',
    'nothing says where Redis is',
  ]);
});

it('says that Vault is sealed, and asks it no more', async () => {
  await openbao().seal();
  const { wrong } = await found();
  expect(wrong[0]).toBe(`Vault at ${openbao().address} is sealed`);
  expect(JSON.stringify(wrong)).not.toContain(openbao().rootToken);
});
