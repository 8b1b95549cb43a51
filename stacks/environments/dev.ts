import { ACCOUNTS, IMAGES, REGION, REGISTRY, REPOSITORY, REPOSITORY_PATH, vaultOf } from '../repository';
import { WEB_APP } from '../web-app';
import { defineEnvironment, type AwsEnvironment } from './define-environment';

/** Where changes land first. */
export const dev = (): AwsEnvironment =>
  defineEnvironment({
    name: 'dev',
    vault: { audit: 'server' },
    serviceCidrs: ['10.20.0.0/16'],
    postgres: { host: 'postgres.dev.fintech.example.com', database: 'fintech' },
    backend: { kind: 's3', bucket: 'fintech-example-dev-state', region: REGION },
    encryption: { keyProvider: 'aws_kms', keyId: 'alias/portcullis-dev-state', region: REGION },
    delivery: {
      vaultAddress: vaultOf('dev'),
      repository: REPOSITORY_PATH,
      repositoryId: REPOSITORY.id,
    },
    aws: {
      region: REGION,
      account: ACCOUNTS.dev,
      vpcId: 'vpc-010000000000000aa',
      privateSubnetIds: ['subnet-010000000000000aa', 'subnet-010000000000000bb', 'subnet-010000000000000cc'],
      databaseSecurityGroupId: 'sg-010000000000000db',
      domain: 'dev.api.fintech.example.com',
      certificateArn: `arn:aws:acm:${REGION}:${ACCOUNTS.dev}:certificate/10000000-0000-4000-8000-000000000000`,
      gateway: 'http',
      busyClients: 5,
      image: { registry: REGISTRY, repository: IMAGES },
      tasks: { cpu: 512, memory: 1_024, min: 1, max: 2 },
      store: { nodeType: 'cache.t4g.micro' },
      vaultAddress: vaultOf('dev'),
      identityIssuer: 'https://10000000-0000-4000-8000-000000000000.tokens.sts.global.api.aws',
      logRetentionDays: 30,
    },
    login: { clientId: WEB_APP, redirectUri: 'https://dev.api.fintech.example.com/auth/callback' },
    secretVersions: { apiConfig: 1, postgresAdminPassword: 1 },
  });
