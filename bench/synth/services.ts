/**
 * The app of a company with many services: `SERVICES` of them, each with a policy of its own, its secrets and database users
 * in Vault, its store, its tasks and its gateway on AWS, in two stacks.
 */
import '../../stacks/without-traces';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import {
  AwsIdentityLogin,
  AwsIdentityMethod,
  DatabaseMount,
  KvEntry,
  KvMount,
  PolicyRecord,
  PostgresConnection,
  PostgresRole,
  SecretVariable,
  relaxProviderPin,
} from '@portcullis/constructs';
import {
  ApiService,
  EncryptionKey,
  GatewayAccount,
  RateLimitStore,
  RestApiGateway,
  storeAccess,
} from '@portcullis/constructs/aws';
import { definePolicy, type Policy, type PolicyInput } from '@portcullis/runtime/policy';
import { App, TerraformStack } from 'cdktf';
import { policy as example } from '../../policy';

const place = { region: 'eu-central-1', account: '333333333333' };
const network = { vpcId: 'vpc-0a1b2c3d', privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-4e5f6071'] };
const certificateArn = 'arn:aws:acm:eu-central-1:333333333333:certificate/0a1b2c3d';

function policyOf(name: string): Policy {
  return definePolicy({
    name,
    issuer: 'https://auth.example.com',
    audience: `https://${name}.example.com`,
    tiers: { free: [{ limit: 100, window: '1m' }], paid: [{ limit: 5_000, window: '1m' }] },
    defaultTier: 'free',
    routes: example.routes.map(({ method, path, scopes, cost, public: open }) => ({
      method: method as PolicyInput['routes'][number]['method'],
      path,
      ...(open ? { public: true } : { scopes: [...scopes], cost }),
    })),
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  });
}

function vaultStack(app: App, name: string, policy: Policy): void {
  const stack = new TerraformStack(app, `vault-${name}`);
  new VaultProvider(stack, 'vault', {});
  relaxProviderPin(stack, 'vault');
  new PolicyRecord(stack, 'policy', { policy });
  const login = new AwsIdentityLogin(stack, 'login', {
    name,
    method: AwsIdentityMethod.at('aws'),
    policy,
    roleArn: `arn:aws:iam::333333333333:role/${name}-task`,
    audience: 'https://vault.example.com',
  });
  new KvEntry(stack, 'config', {
    mount: new KvMount(stack, 'secret', { path: name }),
    name: 'config',
    data: new SecretVariable(stack, 'config-value', {
      name: `${name.replaceAll('-', '_')}_config`,
      description: `Configuration of ${name}`,
      fields: ['encryption_key'],
      version: 1,
    }),
  }).grantRead(login);
  new PostgresRole(stack, 'role', {
    connection: new PostgresConnection(stack, 'postgres', {
      mount: new DatabaseMount(stack, 'database', { path: `${name}-database`, policy }),
      name: 'postgres',
      host: `${name}.db.example.com`,
      database: 'app',
      bootstrapPassword: new SecretVariable(stack, 'admin-password', {
        name: 'postgres_admin_password',
        description: 'Password of vault_admin',
        version: 1,
      }),
    }),
    name: `${name}-role`,
    memberOf: 'app',
  }).grantLease(login);
}

function awsStack(app: App, name: string, policy: Policy): void {
  const stack = new TerraformStack(app, `aws-${name}`);
  new AwsProvider(stack, 'aws', { region: place.region });
  relaxProviderPin(stack, 'aws');
  const key = new EncryptionKey(stack, 'key', {
    place,
    name: `${name}-logs`,
    description: name,
    encrypts: 'logs',
  });
  const logs = { retentionDays: 365, keyArn: key.arn };
  const store = new RateLimitStore(stack, 'store', {
    place,
    network,
    name: `${name}-limits`,
    user: name,
    nodeType: 'cache.t4g.small',
    logs,
  });
  const service = new ApiService(stack, 'service', {
    place,
    network,
    name,
    taskRole: `${name}-task`,
    image: `333333333333.dkr.ecr.eu-central-1.amazonaws.com/${name}@sha256:${'0a'.repeat(32)}`,
    environment: { VAULT_ADDR: 'https://vault.example.com', REDIS_HOST: store.host },
    permissions: [storeAccess(place, { store: `${name}-limits`, user: name })],
    memberOf: [store.clientsSecurityGroupId],
    database: { securityGroupId: 'sg-6a1b2c3d', port: 5_432 },
    serverName: `${name}.internal.example.com`,
    certificateArn,
    cpu: 512,
    memory: 1_024,
    tasks: { min: 2, max: 10 },
    networkLoadBalancer: true,
    logs,
  });
  new RestApiGateway(stack, 'gateway', {
    place,
    environment: 'prod',
    policy,
    domain: { name: `${name}.example.com`, certificateArn },
    busyClients: 20,
    service: { networkLoadBalancerArn: service.networkLoadBalancerArn ?? '', serverName: service.serverName },
    account: GatewayAccount.at(place),
    logs,
  });
}

const app = new App();
for (let index = 1; index <= Number(process.env.SERVICES); index += 1) {
  const name = `service-${index}`;
  const policy = policyOf(name);
  vaultStack(app, name, policy);
  awsStack(app, name, policy);
}
app.synth();
