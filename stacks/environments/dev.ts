import { REPOSITORY, REPOSITORY_PATH, vaultOf } from '../repository';
import { defineEnvironment, type Environment } from './define-environment';

/** Where changes land first. */
export const dev = (): Environment =>
  defineEnvironment({
    name: 'dev',
    vault: { audit: 'server' },
    serviceCidrs: ['10.20.0.0/16'],
    postgres: { host: 'postgres.dev.fintech.example.com', database: 'fintech' },
    redis: { host: 'redis.dev.fintech.example.com' },
    backend: { kind: 's3', bucket: 'fintech-example-dev-state', region: 'eu-central-1' },
    encryption: { keyProvider: 'aws_kms', keyId: 'alias/portcullis-dev-state', region: 'eu-central-1' },
    delivery: {
      vaultAddress: vaultOf('dev'),
      repository: REPOSITORY_PATH,
      repositoryId: REPOSITORY.id,
    },
    secretVersions: { apiConfig: 1, postgresAdminPassword: 1, redisBootstrapPassword: 1 },
  });
