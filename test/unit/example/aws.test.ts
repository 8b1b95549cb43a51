import { redisUser, vaultLogin } from '../../../example/aws';
import { readSettings } from '../../../example/settings';

const onAws = {
  AWS_REGION: 'eu-central-1',
  VAULT_AWS_ROLE: 'fintech-api',
  VAULT_AWS_AUDIENCE: 'https://vault.example.com',
  ELASTICACHE_CACHE: 'fintech-api-limits',
  ELASTICACHE_USER: 'fintech-api',
};

it('signs in as its role on AWS, to Vault and to ElastiCache', () => {
  const settings = readSettings(onAws);
  expect(vaultLogin(settings)).toMatchObject({ name: 'jwt' });
  expect(redisUser(settings)).toEqual({
    kind: 'elasticache-iam',
    cache: 'fintech-api-limits',
    user: 'fintech-api',
  });
});

it('elsewhere leaves the login to AppRole, and leases its Redis user', () => {
  const settings = readSettings({});
  expect(vaultLogin(settings)).toBeUndefined();
  expect(redisUser(settings)).toBe('redis-role');
});
