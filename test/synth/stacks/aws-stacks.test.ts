import { Testing } from 'cdktf';
import { policy } from '../../../policy';
import { DataStack } from '../../../stacks/data-stack';
import { dev } from '../../../stacks/environments/dev';
import { prod } from '../../../stacks/environments/prod';
import { staging } from '../../../stacks/environments/staging';
import { ServiceStack } from '../../../stacks/service-stack';
import { all, only, synthesize } from '../../support/synth/synthesize';

const environments = [dev(), staging(), prod()];
const data = (environment = dev()) => synthesize(new DataStack(Testing.app(), { policy, environment }));
const service = (environment = dev()) => synthesize(new ServiceStack(Testing.app(), { policy, environment }));

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
    ['/portcullis/fintech-api/prod/service/listenerArn', true],
    ['/portcullis/fintech-api/prod/service/networkLoadBalancerArn', true],
  ]);
});

it('has a load balancer for REST APIs only where the gateway is one', () => {
  expect(all(service(dev()), 'aws_lb')).toHaveLength(1);
  expect(all(service(prod()), 'aws_lb')).toHaveLength(2);
});

it('names things the same on both sides', () => {
  const store = data();
  const [, user] = all(store, 'aws_elasticache_user');
  const { container_definitions: text } = only(service(), 'aws_ecs_task_definition');
  const [container] = JSON.parse(text as string) as { environment: { name: string; value: string }[] }[];
  const given = Object.fromEntries((container?.environment ?? []).map(({ name, value }) => [name, value]));
  expect(given.ELASTICACHE_USER).toBe(user?.user_id);
  expect(given.ELASTICACHE_CACHE).toBe(only(store, 'aws_elasticache_replication_group').replication_group_id);
});
