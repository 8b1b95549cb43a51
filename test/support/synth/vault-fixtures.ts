import {
  DatabaseMount,
  PostgresConnection,
  RedisConnection,
  SecretVariable,
  ThrowawayPassword,
} from '@portcullis/constructs';
import type { TerraformStack } from 'cdktf';

export const mountIn = (stack: TerraformStack) =>
  new DatabaseMount(stack, 'database', { credentialSeconds: 3_600 });

export const postgresIn = (stack: TerraformStack, props: { host?: string; name?: string } = {}) =>
  new PostgresConnection(stack, 'postgres', {
    mount: mountIn(stack),
    name: props.name ?? 'postgres',
    host: props.host ?? 'db.example.com',
    database: 'fintech',
    bootstrapPassword: new SecretVariable(stack, 'password', {
      name: 'postgres_admin_password',
      description: 'bootstrap',
      version: 1,
    }),
  });

export const redisIn = (stack: TerraformStack, props: { tls?: boolean; caCertificate?: string } = {}) =>
  new RedisConnection(stack, 'redis', {
    mount: mountIn(stack),
    name: 'redis',
    host: 'redis.example.com',
    ...props,
    bootstrapPassword: new ThrowawayPassword(stack, 'password', {
      name: 'redis_bootstrap_password',
      description: 'bootstrap',
      version: 1,
    }),
  });
