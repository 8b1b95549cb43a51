import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { GithubProvider } from '@cdktf/provider-github/lib/provider';
import {
  AppRoleLogin,
  AppRoleMount,
  DatabaseMount,
  KvMount,
  PostgresConnection,
  RedisConnection,
  SecretVariable,
  ThrowawayPassword,
} from '@portcullis/constructs';
import type { TerraformStack } from 'cdktf';
import { policy } from '../../../../policy';
import { delivery } from '../../../../stacks/github-settings';
import { gatewayProps, network, place } from '../../../support/synth/aws-fixtures';

/** What an example of the constructs may name without making it. Each thing is made in `stack` once it is named. */
export function givenIn(stack: TerraformStack) {
  new AwsProvider(stack, 'aws-of-examples', {});
  new GithubProvider(stack, 'github-of-examples', {});
  const { domain, logs } = gatewayProps;
  return {
    policy,
    delivery,
    place,
    network,
    logs,
    domain,
    get login() {
      return new AppRoleLogin(stack, 'given-login', {
        name: 'given',
        mount: new AppRoleMount(stack, 'given-method', { path: 'given' }),
      });
    },
    get secret() {
      return new KvMount(stack, 'given-secret', { path: 'given-secret' });
    },
    get database() {
      return new DatabaseMount(stack, 'given-database', { credentialSeconds: 3_600 });
    },
    get postgres() {
      return new PostgresConnection(stack, 'given-postgres', {
        mount: this.database,
        name: 'given',
        host: 'db.example.com',
        database: 'given',
        bootstrapPassword: new SecretVariable(stack, 'given-password', {
          name: 'given_password',
          description: 'given',
          version: 1,
        }),
      });
    },
    get redis() {
      return new RedisConnection(stack, 'given-redis', {
        mount: this.database,
        name: 'given-redis',
        host: 'redis.example.com',
        bootstrapPassword: new ThrowawayPassword(stack, 'given-redis-password', {
          name: 'given_redis_password',
          description: 'given',
          version: 1,
        }),
      });
    },
  };
}

export type Given = ReturnType<typeof givenIn>;

/** The names of `Given`, without making any of it. */
export const GIVEN_NAMES = [
  'policy',
  'delivery',
  'place',
  'network',
  'logs',
  'domain',
  'login',
  'secret',
  'database',
  'postgres',
  'redis',
] as const satisfies readonly (keyof Given)[];
