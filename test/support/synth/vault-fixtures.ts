import {
  DatabaseMount,
  PostgresConnection,
  RedisConnection,
  SecretVariable,
  ThrowawayPassword,
  type PostgresConnectionProps,
  type RedisConnectionProps,
} from '@portcullis/constructs';
import type { TerraformStack } from 'cdktf';

export const mountIn = (stack: TerraformStack) =>
  new DatabaseMount(stack, 'database', { credentialSeconds: 3_600 });

export const postgresIn = (stack: TerraformStack, props: Partial<PostgresConnectionProps> = {}) =>
  new PostgresConnection(stack, 'postgres', {
    mount: mountIn(stack),
    name: 'postgres',
    host: 'db.example.com',
    database: 'fintech',
    bootstrapPassword: new SecretVariable(stack, 'password', {
      name: 'postgres_admin_password',
      description: 'bootstrap',
      version: 1,
    }),
    ...props,
  });

export const redisIn = (stack: TerraformStack, props: Partial<RedisConnectionProps> = {}) =>
  new RedisConnection(stack, 'redis', {
    mount: mountIn(stack),
    name: 'redis',
    host: 'redis.example.com',
    bootstrapPassword: new ThrowawayPassword(stack, 'password', {
      name: 'redis_bootstrap_password',
      description: 'bootstrap',
      version: 1,
    }),
    ...props,
  });
