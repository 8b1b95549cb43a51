import { REPOSITORY, REPOSITORY_PATH, vaultOf } from '../repository';
import { defineEnvironment, type Environment } from './define-environment';

/** What is scanned before it is released; sized like production. */
export const staging = (): Environment =>
  defineEnvironment({
    name: 'staging',
    vault: { audit: 'server' },
    serviceCidrs: ['10.30.0.0/16'],
    postgres: { host: 'postgres.staging.fintech.example.com', database: 'fintech' },
    redis: { host: 'redis.staging.fintech.example.com' },
    backend: { kind: 's3', bucket: 'fintech-example-staging-state', region: 'eu-central-1' },
    encryption: { keyProvider: 'aws_kms', keyId: 'alias/portcullis-staging-state', region: 'eu-central-1' },
    delivery: {
      vaultAddress: vaultOf('staging'),
      repository: REPOSITORY_PATH,
      repositoryId: REPOSITORY.id,
    },
    secretVersions: { apiConfig: 1, postgresAdminPassword: 1, redisBootstrapPassword: 1 },
  });
