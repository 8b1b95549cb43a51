/** What ECS was told to run: the stacks of an environment applied to moto by the real provider, and read back there. */
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeUsersCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { Run } from '../../cli/src/engines/process/run';
import { policy } from '../../policy';
import { awsNamesOf } from '../../stacks/aws-names';
import type { AwsEnvironment } from '../../stacks/environments/define-environment';
import { makeGiven, startAccount, type Account } from '../edge/account';
import { EdgeDeployment, type Part } from '../edge/deployment';

export interface AppliedTask {
  readonly definition: TaskDefinition;
  /** What the store's user may do, in Redis' words. */
  readonly storeRights: string;
  /** After how many seconds the load balancer closes a connection on which nothing comes. */
  readonly idleSeconds: number;
}

/** What the service is made of. Its gateway is another matter: test/edge. */
const PARTS: readonly Part[] = ['data', 'service'];

/** In a run of its own: what it is read from is not needed any more. */
export async function appliedTask(environment: AwsEnvironment): Promise<AppliedTask> {
  const run = await Run.open();
  try {
    return await readApplied(run, environment);
  } finally {
    await run.close();
  }
}

async function readApplied(run: Run, environment: AwsEnvironment): Promise<AppliedTask> {
  const account = await startAccount(run, environment);
  const deployment = await EdgeDeployment.open(run, account, await makeGiven(account, environment));
  for (const part of PARTS) {
    await deployment.initialize(part);
    await deployment.leaveOut(part);
    await deployment.apply(part);
  }
  const [definition, storeRights, idleSeconds] = await Promise.all([
    definitionIn(account, environment),
    storeRightsIn(account, environment),
    idleSecondsIn(account),
  ]);
  return { definition, storeRights, idleSeconds };
}

async function definitionIn({ client }: Account, environment: AwsEnvironment): Promise<TaskDefinition> {
  const ecs = new ECSClient(client);
  const { service: name } = awsNamesOf(policy, environment);
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster: name, services: [name] }));
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: services?.[0]?.taskDefinition }),
  );
  if (taskDefinition === undefined) throw new Error(`no task definition of ${name}`);
  return taskDefinition;
}

async function storeRightsIn({ client }: Account, environment: AwsEnvironment): Promise<string> {
  const { Users = [] } = await new ElastiCacheClient(client).send(new DescribeUsersCommand());
  const user = Users.find(({ UserName }) => UserName === awsNamesOf(policy, environment).storeUser);
  if (user?.AccessString === undefined) throw new Error('the store has no user of the service');
  return user.AccessString;
}

async function idleSecondsIn({ client }: Account): Promise<number> {
  const elb = new ElasticLoadBalancingV2Client(client);
  const { LoadBalancers = [] } = await elb.send(new DescribeLoadBalancersCommand());
  const balancer = LoadBalancers.find(({ Type }) => Type === 'application');
  const { Attributes = [] } = await elb.send(
    new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: balancer?.LoadBalancerArn }),
  );
  return Number(Attributes.find(({ Key }) => Key === 'idle_timeout.timeout_seconds')?.Value);
}
