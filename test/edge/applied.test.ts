import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeSecurityGroupRulesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type ContainerDefinition,
  type Service,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeUsersCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { GetKeyRotationStatusCommand, KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { readFile } from 'node:fs/promises';
import { Run } from '../../local/run';
import { policy } from '../../policy';
import { dev } from '../../stacks/environments/dev';
import type { AwsEnvironment } from '../../stacks/environments/define-environment';
import { prod } from '../../stacks/environments/prod';
import { makeGiven, startAccount, type Account } from './account';
import { EdgeDeployment, PARTS, type Plan } from './deployment';
import { inventory } from './inventory';

const TIMEOUT_MS = 900_000;

/** The real engine and the real provider; AWS is moto, which keeps what it is told and runs nothing of it. */
describe.each<[string, () => AwsEnvironment]>([
  ['dev', dev],
  ['prod', prod],
])('%s, applied', (_, environmentOf) => {
  let run: Run;
  let account: Account;
  let environment: AwsEnvironment;
  let deployment: EdgeDeployment;
  let before: Record<string, string[]>;
  const planned: Plan['planned_values']['root_module']['resources'][number][] = [];

  beforeAll(async () => {
    run = await Run.open();
    account = await startAccount(run, environmentOf());
    environment = await makeGiven(account, environmentOf());
    before = await inventory(account);
    deployment = await EdgeDeployment.open(run, account, environment);
    for (const part of PARTS) {
      const plan = JSON.parse(await readFile(await deployment.plan(part), 'utf8')) as Plan;
      planned.push(...plan.planned_values.root_module.resources);
      for (const line of await deployment.leaveOut(part)) process.stderr.write(`${line}\n`);
      await deployment.apply(part);
    }
  }, TIMEOUT_MS);

  afterAll(() => run.close(), 30_000);

  describe('the store', () => {
    it('is planned encrypted at rest with a key of its own and on the way, over two zones', () => {
      const [group] = planned.filter(({ type }) => type === 'aws_elasticache_replication_group');
      expect(group?.values).toMatchObject({
        at_rest_encryption_enabled: 'true',
        transit_encryption_enabled: true,
        transit_encryption_mode: 'required',
        multi_az_enabled: true,
        automatic_failover_enabled: true,
      });
    });

    it('never evicts', () => {
      const [group] = planned.filter(({ type }) => type === 'aws_elasticache_parameter_group');
      expect(group?.values.parameter).toContainEqual({ name: 'maxmemory-policy', value: 'noeviction' });
    });

    it('has one user, who signs in by IAM; the default one is off', async () => {
      const { Users = [] } = await new ElastiCacheClient(account.client).send(new DescribeUsersCommand());
      const made = Users.filter(({ UserId }) => UserId !== 'default');
      expect(made.map(({ UserName }) => UserName).sort()).toEqual(['default', policy.name]);
      const [nobody, service] = made.sort((a, b) => (a.UserName ?? '').localeCompare(b.UserName ?? ''));
      expect(nobody?.AccessString).toMatch(/^off /);
      expect(service).toMatchObject({ Authentication: { Type: 'iam' } });
      expect(service?.AccessString).toMatch(/^on ~\S+.* -@all \+/);
      expect(service?.AccessString).not.toMatch(/\+@all|~\*(\s|$)|allkeys/);
    });
  });

  describe('the service', () => {
    it('runs an image by its digest, as nobody, on a file system that it cannot write to', async () => {
      const { containers } = await task();
      expect(containers).toHaveLength(1);
      expect(containers[0]).toMatchObject({
        image: expect.stringContaining(`@${environment.aws.image.digest}`) as string,
        readonlyRootFilesystem: true,
        linuxParameters: { capabilities: { drop: ['ALL'] } },
      });
      expect(containers[0]?.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      expect(containers[0]?.privileged ?? false).toBe(false);
    });

    it('is told places and no secret', async () => {
      const { containers } = await task();
      for (const { environment: variables = [], secrets = [] } of containers) {
        expect(secrets).toEqual([]);
        expect(variables.map(({ name }) => name)).not.toContainEqual(
          expect.stringMatching(/SECRET|PASSWORD|TOKEN|KEY/),
        );
      }
    });

    it('has no address of the internet, and is planned to take a deployment back that does not get ready', async () => {
      const [plannedService] = planned.filter(({ type }) => type === 'aws_ecs_service');
      expect(plannedService?.values).toMatchObject({
        deployment_circuit_breaker: [{ enable: true, rollback: true }],
      });
      const { service } = await task();
      expect(service).toMatchObject({
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { assignPublicIp: 'DISABLED' } },
      });
    });

    it('is sent requests while it says that it is ready, over TLS 1.2 or newer, from inside', async () => {
      const client = new ElasticLoadBalancingV2Client(account.client);
      const { LoadBalancers = [] } = await client.send(new DescribeLoadBalancersCommand());
      expect(LoadBalancers.map(({ Scheme }) => Scheme)).not.toContain('internet-facing');
      const balancer = LoadBalancers.find(({ Type }) => Type === 'application');
      const { Listeners } = await client.send(
        new DescribeListenersCommand({ LoadBalancerArn: balancer?.LoadBalancerArn }),
      );
      expect(Listeners).toEqual([
        expect.objectContaining({
          Protocol: 'HTTPS',
          SslPolicy: expect.stringMatching(/^ELBSecurityPolicy-TLS13-1-2-/) as string,
        }),
      ]);
      const { TargetGroups = [] } = await client.send(new DescribeTargetGroupsCommand());
      for (const { HealthCheckPath } of TargetGroups) expect(HealthCheckPath).toBe('/readyz');
    });

    it('is planned to run as many tasks as the environment says', () => {
      const [target] = planned.filter(({ type }) => type === 'aws_appautoscaling_target');
      const { min, max } = environment.aws.tasks;
      expect(target?.values).toMatchObject({ min_capacity: min, max_capacity: max });
    });

    async function task(): Promise<{ containers: ContainerDefinition[]; service: Service | undefined }> {
      const ecs = new ECSClient(account.client);
      const { services } = await ecs.send(
        new DescribeServicesCommand({ cluster: policy.name, services: [policy.name] }),
      );
      const [service] = services ?? [];
      const { taskDefinition } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition }),
      );
      return { service, containers: taskDefinition?.containerDefinitions ?? [] };
    }
  });

  describe('everywhere', () => {
    it('logs are kept for as long as the environment says, encrypted with a key of the account', async () => {
      const { logGroups = [] } = await new CloudWatchLogsClient(account.client).send(
        new DescribeLogGroupsCommand(),
      );
      expect(logGroups.length).toBeGreaterThan(0);
      for (const group of logGroups) {
        expect(group).toMatchObject({
          retentionInDays: environment.aws.logRetentionDays,
          kmsKeyId: expect.stringMatching(/^arn:aws:kms:/) as string,
        });
      }
    });

    it('keys are replaced each year', async () => {
      const kms = new KMSClient(account.client);
      const { Aliases = [] } = await kms.send(new ListAliasesCommand());
      const ours = Aliases.filter(({ AliasName }) => !AliasName?.startsWith('alias/aws/'));
      expect(ours.length).toBeGreaterThan(0);
      for (const { TargetKeyId } of ours) {
        const status = await kms.send(new GetKeyRotationStatusCommand({ KeyId: TargetKeyId }));
        expect(status.KeyRotationEnabled).toBe(true);
      }
    });

    it('nothing may be reached from the internet', async () => {
      const { SecurityGroupRules = [] } = await new EC2Client(account.client).send(
        new DescribeSecurityGroupRulesCommand(),
      );
      const open = SecurityGroupRules.filter(
        ({ IsEgress, CidrIpv4, CidrIpv6 }) => IsEgress === false && (CidrIpv4 ?? CidrIpv6) !== undefined,
      );
      expect(open).toEqual([]);
    });

    it('no role may do everything', async () => {
      const iam = new IAMClient(account.client);
      const { Roles = [] } = await iam.send(new ListRolesCommand());
      expect(Roles.length).toBeGreaterThan(0);
      for (const { RoleName } of Roles) {
        const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
        for (const PolicyName of PolicyNames) {
          const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
          const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument ?? '')) as {
            Statement: { Action: string | string[]; NotAction?: unknown }[];
          };
          for (const { Action, NotAction } of Statement) {
            expect(NotAction).toBeUndefined();
            expect([Action].flat()).not.toContainEqual(expect.stringContaining('*'));
          }
        }
      }
    });

    it('the stacks tell each other no secret', async () => {
      const { Parameters = [] } = await new SSMClient(account.client).send(new DescribeParametersCommand());
      expect(Parameters.map(({ Type }) => Type)).not.toContain('SecureString');
    });
  });

  // Last, and in this order: the second of them takes everything away.
  it.each(PARTS)(
    '%s has nothing left to do',
    async (part) => {
      expect(await deployment.pendingChanges(part)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'leaves nothing when it is destroyed',
    async () => {
      for (const part of [...PARTS].reverse()) await deployment.destroy(part);
      expect(await inventory(account)).toEqual(before);
    },
    TIMEOUT_MS,
  );
});
