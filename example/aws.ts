import { awsLogin, type ElastiCacheIam, type LoginMethod } from '@portcullis/runtime';
import type { Settings } from './settings';

/** On AWS the app logs in to Vault as the role that it has; elsewhere with an AppRole. */
export function vaultLogin(settings: Settings): LoginMethod | undefined {
  const { VAULT_AWS_ROLE: role, VAULT_AWS_SERVER_ID: serverId, AWS_REGION: region } = settings;
  if (role === undefined) return undefined;
  return awsLogin({ role, ...(serverId && { serverId }), ...(region && { region }) });
}

/** The limiter's Redis user: ElastiCache's, signed for with that role, or leased from Vault. */
export function redisUser(settings: Settings): string | ElastiCacheIam {
  const { ELASTICACHE_CACHE: cache, ELASTICACHE_USER: user } = settings;
  return cache && user ? { kind: 'elasticache-iam', cache, user } : 'redis-role';
}
