import { ACCOUNTS, IMAGES, REGION, REGISTRY, REPOSITORY, REPOSITORY_PATH, vaultOf } from '../repository';
import { WEB_APP } from '../web-app';
import { defineEnvironment, type AwsEnvironment } from './define-environment';

/** What is scanned before it is released; sized like production. */
export const staging = (): AwsEnvironment =>
  defineEnvironment({
    name: 'staging',
    vault: { audit: 'server' },
    serviceCidrs: ['10.30.0.0/16'],
    postgres: { host: 'postgres.staging.fintech.example.com', database: 'fintech' },
    backend: { kind: 's3', bucket: 'fintech-example-staging-state', region: REGION },
    encryption: { keyProvider: 'aws_kms', keyId: 'alias/portcullis-staging-state', region: REGION },
    delivery: {
      vaultAddress: vaultOf('staging'),
      repository: REPOSITORY_PATH,
      repositoryId: REPOSITORY.id,
    },
    aws: {
      region: REGION,
      account: ACCOUNTS.staging,
      vpcId: 'vpc-020000000000000aa',
      privateSubnetIds: ['subnet-020000000000000aa', 'subnet-020000000000000bb', 'subnet-020000000000000cc'],
      databaseSecurityGroupId: 'sg-020000000000000db',
      domain: 'staging.api.fintech.example.com',
      certificateArn: `arn:aws:acm:${REGION}:${ACCOUNTS.staging}:certificate/20000000-0000-4000-8000-000000000000`,
      gateway: 'rest',
      busyClients: 20,
      image: { registry: REGISTRY, repository: IMAGES },
      tasks: { cpu: 1_024, memory: 2_048, min: 2, max: 12 },
      store: { nodeType: 'cache.m7g.large' },
      vaultAddress: vaultOf('staging'),
      identityIssuer: 'https://20000000-0000-4000-8000-000000000000.tokens.sts.global.api.aws',
      logRetentionDays: 365,
    },
    login: { clientId: WEB_APP, redirectUri: 'https://staging.api.fintech.example.com/auth/callback' },
    secretVersions: { apiConfig: 1, postgresAdminPassword: 1 },
  });
