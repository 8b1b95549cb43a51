import { deployWorkflow } from '@portcullis/constructs/github';
import { Testing } from 'cdktf';
import { policy } from '../../../policy';
import { DataStack } from '../../../stacks/data-stack';
import { defineEnvironment, type AwsEnvironment } from '../../../stacks/environments/define-environment';
import { dev } from '../../../stacks/environments/dev';
import { prod } from '../../../stacks/environments/prod';
import { staging } from '../../../stacks/environments/staging';
import { delivered, delivery } from '../../../stacks/github-settings';
import { ServiceStack } from '../../../stacks/service-stack';
import { VaultStack } from '../../../stacks/vault-stack';
import { all, only, synthesize } from '../../support/synth/synthesize';

const environments = [dev(), staging(), prod()];
const data = (environment = dev()) => synthesize(new DataStack(Testing.app(), { policy, environment }));
const imageDigest = `sha256:${'1'.repeat(64)}`;
const service = (environment = dev(), image: string | undefined = imageDigest) =>
  synthesize(new ServiceStack(Testing.app(), { policy, environment, imageDigest: image }));

interface Container {
  image: string;
  environment: { name: string; value: string }[];
}
function containersOf(stack: ReturnType<typeof service>): Container[] {
  return JSON.parse(String(only(stack, 'aws_ecs_task_definition').container_definitions)) as Container[];
}

describe.each(environments)('$name', (environment) => {
  it('is this data stack', () => expect(data(environment).text).toMatchSnapshot());
  it('is this service stack', () => expect(service(environment).text).toMatchSnapshot());
});

it('tells others what only AWS can make up', () => {
  const told = (stack: ReturnType<typeof data>) =>
    all(stack, 'aws_ssm_parameter').map(({ name, value }) => [name, String(value).startsWith('${aws_')]);
  expect(told(data())).toEqual([
    ['/portcullis/fintech-api/dev/data/logsKeyArn', true],
    ['/portcullis/fintech-api/dev/data/storeClientsSecurityGroupId', true],
    ['/portcullis/fintech-api/dev/data/storeHost', true],
  ]);
  expect(told(service(prod()))).toEqual([
    ['/portcullis/fintech-api/prod/service/gatewaySecurityGroupId', true],
    ['/portcullis/fintech-api/prod/service/imageDigest', false],
    ['/portcullis/fintech-api/prod/service/listenerArn', true],
    ['/portcullis/fintech-api/prod/service/networkLoadBalancerArn', true],
  ]);
});

describe('the image', () => {
  const told = (stack: ReturnType<typeof service>): unknown =>
    all(stack, 'aws_ssm_parameter').find(({ name }) => String(name).endsWith('/imageDigest'))?.value;

  it('is the one whose digest is given, and its release is that digest', () => {
    const [container] = containersOf(service());
    expect(container?.image).toBe(
      `444444444444.dkr.ecr.eu-central-1.amazonaws.com/fintech-api@${imageDigest}`,
    );
    expect(container?.environment).toContainEqual({ name: 'RELEASE', value: imageDigest });
    expect(told(service())).toBe(imageDigest);
  });

  it('stays the deployed one where none is given', () => {
    const kept = synthesize(new ServiceStack(Testing.app(), { policy, environment: dev() }));
    const [name = '', expression = ''] =
      Object.entries(kept.locals).find(([, value]) => String(value).includes('imageDigest')) ?? [];
    expect(expression).toContain('names, "/portcullis/fintech-api/dev/service/imageDigest")');
    expect(expression).toContain('name one by PORTCULLIS_IMAGE_DIGEST');
    expect(told(kept)).toBe(`\${local.${name}}`);
    // Expressions with quotes of their own: it is no JSON before the engine has evaluated them.
    const containers = String(only(kept, 'aws_ecs_task_definition').container_definitions);
    expect(containers).toMatch(
      new RegExp(`"image":"[^"]*\\$\\{.*fintech-api", local\\.${name}\\].*"RELEASE","value":"[^"]*${name}`),
    );
  });

  it('is known by no environment', () => {
    expect(JSON.stringify(environments)).not.toContain('sha256');
  });
});

it('has a load balancer for REST APIs only where the gateway is one', () => {
  expect(all(service(dev()), 'aws_lb')).toHaveLength(1);
  expect(all(service(prod()), 'aws_lb')).toHaveLength(2);
});

it('names things the same on both sides', () => {
  const store = data();
  const [, user] = all(store, 'aws_elasticache_user');
  const given = toldTo(service());
  expect(given.ELASTICACHE_USER).toBe(user?.user_id);
  expect(given.ELASTICACHE_CACHE).toBe(only(store, 'aws_elasticache_replication_group').replication_group_id);
});

it.each(environments)('lets people log in: $name', (environment) => {
  expect(toldTo(service(environment))).toMatchObject({
    OIDC_ISSUER_URL: policy.issuer,
    OAUTH_CLIENT_ID: environment.login.clientId,
    OAUTH_REDIRECT_URI: `https://${environment.aws.domain}/auth/callback`,
  });
});

it('lets tasks connect to the port of the identity provider as well', () => {
  const elsewhere = { ...policy, issuer: 'https://auth.example.com:8443' };
  const stack = new ServiceStack(Testing.app(), { policy: elsewhere, environment: dev() });
  const ports = all(synthesize(stack), 'aws_vpc_security_group_egress_rule').map(({ to_port }) => to_port);
  expect(ports).toContain(8_443);
});

describe('with a self-run Redis', () => {
  const selfRun = (): AwsEnvironment =>
    defineEnvironment({
      ...dev(),
      redis: { host: 'redis.dev.fintech.example.com' },
      aws: { ...dev().aws, store: undefined, redisClientsSecurityGroupId: 'sg-010000000000000ed' },
    });

  it('makes no store, and tells of none', () => {
    const stack = data(selfRun());
    expect(stack.text).not.toContain('elasticache');
    expect(all(stack, 'aws_ssm_parameter').map(({ name }) => name)).toEqual([
      '/portcullis/fintech-api/dev/data/logsKeyArn',
    ]);
  });

  it('has the tasks lease their users of Vault, and lets them in there', () => {
    const stack = service(selfRun());
    const variables = toldTo(stack);
    expect(variables).toMatchObject({ REDIS_HOST: 'redis.dev.fintech.example.com', REDIS_PORT: '6379' });
    expect(Object.keys(variables)).not.toContainEqual(expect.stringMatching(/^ELASTICACHE/));
    expect(stack.text).not.toContain('elasticache');
    expect(only(stack, 'aws_ecs_service')).toMatchObject({
      network_configuration: {
        security_groups: expect.arrayContaining(['sg-010000000000000ed']) as string[],
      },
    });
  });

  it('has every deploy remove the users whose lease has ended', () => {
    const environments = [delivered(selfRun()), { ...delivered(staging()), scanned: true }];
    const { jobs } = deployWorkflow({ ...delivery, environments });
    const sweeps = (job: string) =>
      jobs[job]?.steps?.filter(({ run }) => run?.endsWith('portcullis secrets sweep-redis'));
    expect(sweeps('deploy-dev')).toMatchObject([
      { env: { REDIS_HOST: 'redis.dev.fintech.example.com', REDIS_PORT: '6379' } },
    ]);
    expect(sweeps('deploy-dev')?.[0]).not.toHaveProperty('if');
    expect(sweeps('deploy-staging')).toEqual([]);
  });

  it('gives them the role that leases users, as elsewhere', () => {
    const stack = synthesize(new VaultStack(Testing.app(), { policy, environment: selfRun() }));
    const rules = only(stack, 'vault_policy', 'fintech-api').policy as string;
    expect(rules).toContain('path "database/creds/redis-role"');
    expect(all(stack, 'vault_approle_auth_backend_role')).toEqual([]);
  });
});

/** The variables of the task's one container. */
function toldTo(stack: ReturnType<typeof service>): Record<string, string> {
  const [container] = containersOf(stack);
  return Object.fromEntries((container?.environment ?? []).map(({ name, value }) => [name, value]));
}
