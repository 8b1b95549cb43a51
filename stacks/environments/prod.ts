import { REPOSITORY, REPOSITORY_PATH, vaultOf } from '../repository';
import { defineEnvironment, type Environment } from './define-environment';

/** What customers use. */
export const prod = (): Environment =>
  defineEnvironment({
    name: 'prod',
    vault: { audit: 'server' },
    serviceCidrs: ['10.40.0.0/16'],
    postgres: { host: 'postgres.prod.fintech.example.com', database: 'fintech' },
    redis: { host: 'redis.prod.fintech.example.com' },
    backend: { kind: 's3', bucket: 'fintech-example-prod-state', region: 'eu-central-1' },
    encryption: { keyProvider: 'aws_kms', keyId: 'alias/portcullis-prod-state', region: 'eu-central-1' },
    delivery: {
      vaultAddress: vaultOf('prod'),
      repository: REPOSITORY_PATH,
      repositoryId: REPOSITORY.id,
    },
    secretVersions: { apiConfig: 1, postgresAdminPassword: 1, redisBootstrapPassword: 1 },
  });
