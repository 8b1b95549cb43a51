import { ACCOUNTS, IMAGES, REGION, REGISTRY, REPOSITORY, REPOSITORY_PATH, vaultOf } from '../repository';
import { WEB_APP } from '../web-app';
import { defineEnvironment, type AwsEnvironment } from './define-environment';

/** What customers use. */
export const prod = (): AwsEnvironment =>
  defineEnvironment({
    name: 'prod',
    vault: { audit: 'server' },
    serviceCidrs: ['10.40.0.0/16'],
    postgres: { host: 'postgres.prod.fintech.example.com', database: 'fintech' },
    backend: { kind: 's3', bucket: 'fintech-example-prod-state', region: REGION },
    encryption: { keyProvider: 'aws_kms', keyId: 'alias/portcullis-prod-state', region: REGION },
    delivery: {
      vaultAddress: vaultOf('prod'),
      repository: REPOSITORY_PATH,
      repositoryId: REPOSITORY.id,
    },
    aws: {
      region: REGION,
      account: ACCOUNTS.prod,
      vpcId: 'vpc-030000000000000aa',
      privateSubnetIds: ['subnet-030000000000000aa', 'subnet-030000000000000bb', 'subnet-030000000000000cc'],
      databaseSecurityGroupId: 'sg-030000000000000db',
      domain: 'api.fintech.example.com',
      certificateArn: `arn:aws:acm:${REGION}:${ACCOUNTS.prod}:certificate/30000000-0000-4000-8000-000000000000`,
      gateway: 'rest',
      busyClients: 20,
      image: { registry: REGISTRY, repository: IMAGES },
      tasks: { cpu: 1_024, memory: 2_048, min: 2, max: 12 },
      store: { nodeType: 'cache.m7g.large' },
      vaultAddress: vaultOf('prod'),
      identityIssuer: 'https://30000000-0000-4000-8000-000000000000.tokens.sts.global.api.aws',
      logRetentionDays: 365,
    },
    login: { clientId: WEB_APP, redirectUri: 'https://api.fintech.example.com/auth/callback' },
    secretVersions: { apiConfig: 1, postgresAdminPassword: 1 },
  });
