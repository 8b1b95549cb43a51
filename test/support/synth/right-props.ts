/** Every construct, with props that are right: what tests spoil one at a time. */
import {
  AwsIdentityLogin,
  AwsIdentityMethod,
  AppRoleLogin,
  AppRoleMount,
  AuditDevices,
  AuditRequired,
  DatabaseMount,
  KvEntry,
  KvMount,
  PostgresConnection,
  PostgresRole,
  PseudonymKey,
  RUNTIME_ACL,
  RedisConnection,
  RedisRole,
  SecretVariable,
  SupportAccess,
  ThrowawayPassword,
  WrappedSecretIdMinter,
} from '@portcullis/constructs';
import {
  ApiService,
  AwsDeployIdentity,
  EncryptionKey,
  GatewayAccount,
  HttpApiGateway,
  ImageRepository,
  RateLimitStore,
  RestApiGateway,
  webIdentityAccess,
} from '@portcullis/constructs/aws';
import {
  DeployIdentity,
  JobsMethod,
  ProtectedRepository,
  ReviewedFiles,
  SecurityScanning,
} from '@portcullis/constructs/github';
import type { TerraformStack } from 'cdktf';
import { policy } from '../../../policy';
import type { Construct } from 'constructs';
import {
  httpApiProps,
  place,
  restApiProps,
  serviceOnExistingProps,
  serviceProps,
  storeProps,
} from './aws-fixtures';
import { mountIn, postgresIn, redisIn } from './vault-fixtures';

export type Made = new (scope: Construct, id: string, props: never) => Construct;

const secretIn = (stack: TerraformStack) =>
  new SecretVariable(stack, 'given', { name: 'given', description: 'of the test', version: 1 });
const throwawayIn = (stack: TerraformStack) =>
  new ThrowawayPassword(stack, 'given', { name: 'given', description: 'of the test', version: 1 });

/** What each construct is given when all is right; of some, in several ways. */
export const RIGHT: Readonly<Record<string, [Made, (stack: TerraformStack) => object]>> = {
  SecretVariable: [
    SecretVariable,
    () => ({ name: 'a', description: 'b', version: 1, fields: ['c'], leastLengths: {} }),
  ],
  ThrowawayPassword: [ThrowawayPassword, () => ({ name: 'a', description: 'b', version: 1 })],
  KvMount: [KvMount, () => ({ path: 'secret', preventDestroy: false })],
  KvEntry: [
    KvEntry,
    (stack) => ({
      mount: new KvMount(stack, 'secret'),
      name: 'config',
      data: secretIn(stack),
      preventDestroy: false,
    }),
  ],
  DatabaseMount: [
    DatabaseMount,
    () => ({ path: 'database', credentialSeconds: 3_600, policy: undefined, preventDestroy: false }),
  ],
  PostgresConnection: [
    PostgresConnection,
    (stack) => ({
      mount: mountIn(stack),
      name: 'postgres',
      host: 'db.example.com',
      port: 5_432,
      database: 'orders',
      sslMode: 'verify-full',
      username: 'vault_admin',
      bootstrapPassword: secretIn(stack),
      preventDestroy: false,
    }),
  ],
  PostgresRole: [
    PostgresRole,
    (stack) => ({ connection: postgresIn(stack), name: 'role', memberOf: 'app', owner: 'owner' }),
  ],
  RedisConnection: [
    RedisConnection,
    (stack) => ({
      mount: mountIn(stack),
      name: 'redis',
      host: 'redis.example.com',
      port: 6_379,
      tls: true,
      caCertificate: undefined,
      username: 'vault_admin',
      bootstrapPassword: throwawayIn(stack),
      preventDestroy: false,
    }),
  ],
  RedisRole: [RedisRole, (stack) => ({ connection: redisIn(stack), name: 'role', rules: RUNTIME_ACL })],
  AppRoleMount: [AppRoleMount, () => ({ path: 'approle' })],
  AppRoleLogin: [
    AppRoleLogin,
    (stack) => ({
      name: 'orders',
      mount: new AppRoleMount(stack, 'mount'),
      policy: undefined,
      tokenPeriodSeconds: 60,
      secretIdTtlSeconds: 60,
      secretIdBoundCidrs: ['10.0.0.0/8'],
      tokenBoundCidrs: ['10.0.0.0/8'],
    }),
  ],
  AwsIdentityMethod: [AwsIdentityMethod, () => ({ issuer: 'https://issuer.example.com', path: 'aws' })],
  AwsIdentityLogin: [
    AwsIdentityLogin,
    (stack) => ({
      name: 'orders',
      method: new AwsIdentityMethod(stack, 'method', { issuer: 'https://issuer.example.com' }),
      policy: undefined,
      roleArn: 'arn:aws:iam::333333333333:role/orders-task',
      audience: 'https://vault.example.com',
      tokenPeriodSeconds: 60,
      tokenBoundCidrs: ['10.0.0.0/8'],
    }),
  ],
  WrappedSecretIdMinter: [
    WrappedSecretIdMinter,
    (stack) => ({ login: new AppRoleLogin(stack, 'login', { name: 'orders' }), name: 'minter' }),
  ],
  SupportAccess: [SupportAccess, () => ({ name: 'support' })],
  AuditDevices: [
    AuditDevices,
    () => ({ devices: ['a', 'b'].map((name) => ({ name, filePath: `/var/log/${name}` })) }),
  ],
  AuditRequired: [AuditRequired, () => ({})],
  PseudonymKey: [PseudonymKey, () => ({ name: 'orders' })],
  ApiService: [
    ApiService,
    () => ({
      ...serviceProps,
      permissions: [
        { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::orders/terms.pdf'] },
        webIdentityAccess({ audience: 'https://vault.example.com' }),
      ],
      outwardPorts: [443],
      registry: place,
      temporaryFolder: '/tmp',
      executionRole: 'execution',
      logs: { ...serviceProps.logs, preventDestroy: false },
    }),
  ],
  'ApiService on what exists': [
    ApiService,
    () => ({
      ...serviceOnExistingProps,
      listener: { ...serviceOnExistingProps.listener, paths: ['/orders/*'] },
    }),
  ],
  RateLimitStore: [RateLimitStore, () => ({ ...storeProps, shards: 2, replicas: 1, preventDestroy: false })],
  EncryptionKey: [
    EncryptionKey,
    () => ({ place, name: 'key', description: 'Logs', encrypts: 'logs', preventDestroy: false }),
  ],
  GatewayAccount: [GatewayAccount, () => ({ place, name: 'gateway-log' })],
  HttpApiGateway: [
    HttpApiGateway,
    () => ({ ...httpApiProps, name: 'orders-prod', authorizerRole: 'orders-prod-authorizer' }),
  ],
  RestApiGateway: [
    RestApiGateway,
    (stack) => ({
      ...restApiProps,
      name: 'orders-prod',
      authorizerRole: 'orders-prod-authorizer',
      account: new GatewayAccount(stack, 'account', { place }),
      firewall: { counted: [] },
    }),
  ],
  JobsMethod: [JobsMethod, () => ({ path: 'github', issuer: 'https://github.example.com' })],
  DeployIdentity: [
    DeployIdentity,
    () => ({
      method: undefined,
      repository: 'example/orders',
      repositoryId: '1',
      audience: 'https://vault.example.com',
      issuer: 'https://token.example.com',
      roles: [{ name: 'deploy', bound: { environment: 'prod' }, rules: [] }],
    }),
  ],
  AwsDeployIdentity: [
    AwsDeployIdentity,
    () => ({
      repository: 'example/orders',
      subjectIds: { owner: '123456', repository: '714285714' },
      environment: 'prod',
      workflow: '.github/workflows/deploy.yml',
      project: 'orders',
      stateBucketArn: 'arn:aws:s3:::example-state',
      stateKeyArn: 'arn:aws:kms:eu-central-1:333333333333:key/0a1b2c3d',
      planPolicyArns: [],
      deployPolicyArns: [],
      issuer: 'https://token.example.com',
      partition: 'aws',
      roleNames: { plan: 'plan', deploy: 'deploy' },
      providerArn: 'arn:aws:iam::333333333333:oidc-provider/token.example.com',
    }),
  ],
  ImageRepository: [
    ImageRepository,
    () => ({
      place,
      name: 'orders',
      repository: 'example/orders',
      subjectIds: { owner: '123456', repository: '714285714' },
      workflow: '.github/workflows/deploy.yml',
      issuer: 'https://token.example.com',
      providerArn: 'arn:aws:iam::333333333333:oidc-provider/token.example.com',
      pullAccounts: ['222222222222'],
      keep: 100,
      keyArn: `arn:aws:kms:${place.region}:${place.account}:key/0a1b2c3d`,
      pushRoleName: 'orders-push',
      preventDestroy: false,
    }),
  ],
  'AwsDeployIdentity with a provider of its own': [
    AwsDeployIdentity,
    () => ({
      repository: 'example/orders',
      environment: 'prod',
      project: 'orders',
      stateBucketArn: 'arn:aws:s3:::example-state',
      stateKeyArn: 'arn:aws:kms:eu-central-1:333333333333:key/0a1b2c3d',
      issuer: 'https://token.example.com',
    }),
  ],
  ReviewedFiles: [
    ReviewedFiles,
    () => ({
      repository: 'orders',
      branch: 'portcullis/files',
      base: 'main',
      title: 'ci: files',
      files: { 'a.yml': 'b' },
    }),
  ],
  SecurityScanning: [
    SecurityScanning,
    () => ({
      repository: 'orders',
      policy,
      stagingUrl: 'https://staging.api.example.com',
      productionUrl: 'https://api.example.com',
      tokenUrl: 'https://auth.example.com/token',
      vault: { address: 'https://vault.example.com', role: 'scan', secretPath: 'secret/data/orders/scan' },
      scannerLimit: '100000/1m',
      schedule: '0 3 * * 1',
      failOn: 'high',
      baselineRules: [],
      fullScanRules: [],
      allowList: [],
      today: '2026-12-31',
    }),
  ],
  ProtectedRepository: [
    ProtectedRepository,
    () => ({
      name: 'orders',
      visibility: 'private',
      requiredChecks: ['ci'],
      approvals: 1,
      environments: [{ name: 'prod' }],
      codeOwners: ['@example/platform'],
    }),
  ],
};

/** Objects of this package that a construct works with: only a cast gives it others, and the compiler sees those. */
export const OBJECTS = /^(policy|auth|bodies)$/;
