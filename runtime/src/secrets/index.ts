/** Vault and OpenBao: login, leases, rotation. `SecretsManager.connect()` is the way in. */
export { MissingCapabilityError, SecretsError, type SecretsErrorCode } from './errors';
export type { EmitEvent, SecretsEvent } from './events';
export type { AwsCredentialProvider } from './aws/credentials';
export { appRole, type AppRoleOptions } from './login/app-role';
export { awsLogin, type AwsLoginOptions } from './login/aws';
export { jwtLogin, type JwtLoginOptions } from './login/jwt';
export type { LoginMethod } from './login/method';
export type { ValueSource } from './login/value';
export type { SecretsManagerOptions } from './options';
export { RotatingPool, type PostgresPoolOptions } from './postgres/rotating-pool';
export type { RedisDriver } from './redis/driver';
export { ioredis, type IoredisClient } from './redis/ioredis';
export { nodeRedis, type NodeRedisClient } from './redis/node-redis';
export { RotatingRedis } from './redis/rotating-redis';
export { Secret, hideWhenPrinted, secret } from './secret';
export { SecretsManager, type RedisClientOptions } from './secrets-manager';
export type { LeaseStatus, SecretsReadiness, SecretsStatus, TokenStatus } from './status';
