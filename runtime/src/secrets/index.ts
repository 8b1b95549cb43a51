/**
 * Vault and OpenBao: login, leases, rotation. `SecretsManager.connect()` is the way in.
 *
 * @module @portcullis/runtime/secrets
 */
export { MissingCapabilityError, SecretsError, type SecretsErrorCode } from './errors';
export type { EmitEvent, SecretsEvent } from './events';
export type { AwsCredentialProvider } from './aws/credential-provider';
export { awsWebIdentityToken, type AwsWebIdentityTokenOptions } from './aws/web-identity-token';
export { appRole, type AppRoleOptions } from './login/app-role';

export { jwtLogin, type JwtLoginOptions } from './login/jwt';
export type { Login } from './lease/credential';
export type { LeasedSecret, Rotated } from './lease/leased-secret';
export type { WatchedEntry } from './kv/watched-entry';
export type { LoginMethod } from './login/method';
export type { ValueSource } from './login/value';
export type {
  CredentialsOptions,
  LeaseOptions,
  PostgresPoolOptions,
  RedisClientOptions,
  SecretsManagerOptions,
  WatchKvOptions,
} from './options';
export type { PgModule } from './postgres/load-pg';
export type { RotatingPool } from './postgres/rotating-pool';
export type { RedisDriver } from './redis/drivers/driver';
export { ioredis, type IoredisClient } from './redis/drivers/ioredis';
export { nodeRedis, type NodeRedisClient } from './redis/drivers/node-redis';
export type { UpstashAnswer, UpstashRequester } from './redis/drivers/upstash-rest';
export { RotatingRedis } from './redis/rotating-redis';
export type { ElastiCacheIam } from './redis/sources/elasticache-iam';
export type { LeasedRedis, RedisSource } from './redis/sources/source';
export type { Upstash } from './redis/sources/upstash';
export { Secret, hideWhenPrinted, secret } from './secret';
export { SecretsManager } from './secrets-manager';
export type { Pseudonyms } from './transit/pseudonyms';
export type { LeaseStatus, SecretsReadiness, SecretsStatus, TokenStatus } from './status';
