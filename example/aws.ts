import { awsWebIdentityToken, jwtLogin, type ElastiCacheIam, type LoginMethod } from '@portcullis/runtime';
import { REDIS_ROLES } from '../vault-names';
import type { Settings } from './settings';

/** On AWS the app logs in to Vault as its task's role; elsewhere with an AppRole. */
export function vaultLogin(settings: Settings): LoginMethod | undefined {
  const { VAULT_AWS_ROLE: role, VAULT_AWS_AUDIENCE: audience = '', AWS_REGION: region = '' } = settings;
  if (role === undefined) return undefined;
  return jwtLogin({ role, mount: 'aws', token: awsWebIdentityToken({ audience, region }) });
}

/** The limiter's Redis user: one of ElastiCache, which that role signs in as, or one that Vault leases. */
export function redisUser(settings: Settings): string | ElastiCacheIam {
  const { ELASTICACHE_CACHE: cache, ELASTICACHE_USER: user } = settings;
  return cache && user ? { kind: 'elasticache-iam', cache, user } : REDIS_ROLES.app;
}
