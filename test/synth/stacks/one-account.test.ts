/** What has to differ where two environments, or one in two regions, are in one account of AWS. */
import { Testing } from 'cdktf';
import { definePolicy, type PolicyInput } from '@portcullis/runtime/policy';
import { bodies } from '../../../bodies';
import { policy } from '../../../policy';
import { awsNamesOf } from '../../../stacks/aws-names';
import { DataStack } from '../../../stacks/data-stack';
import { EdgeStack } from '../../../stacks/edge-stack';
import type { AwsEnvironment } from '../../../stacks/environments/define-environment';
import { dev } from '../../../stacks/environments/dev';
import { prod } from '../../../stacks/environments/prod';
import { staging } from '../../../stacks/environments/staging';
import { ServiceStack } from '../../../stacks/service-stack';
import { synthesize } from '../../support/synth/synthesize';

/** By type, the argument that AWS wants to be unique in an account's region. */
const NAMED: Readonly<Record<string, string>> = {
  aws_iam_role: 'name',
  aws_lambda_function: 'function_name',
  aws_cloudwatch_log_group: 'name',
  aws_lb: 'name',
  aws_lb_target_group: 'name',
  aws_ecs_cluster: 'name',
  aws_elasticache_replication_group: 'replication_group_id',
  aws_elasticache_subnet_group: 'name',
  aws_elasticache_parameter_group: 'name',
  aws_elasticache_user: 'user_id',
  aws_elasticache_user_group: 'user_group_id',
  aws_kms_alias: 'name',
  aws_ssm_parameter: 'name',
  aws_wafv2_web_acl: 'name',
  // AWS takes these twice, people do not.
  aws_api_gateway_rest_api: 'name',
  aws_api_gateway_vpc_link: 'name',
  aws_apigatewayv2_api: 'name',
  aws_apigatewayv2_vpc_link: 'name',
  aws_ecs_service: 'name',
  aws_ecs_task_definition: 'family',
};

/** Names of roles are the account's, whatever the region. */
const GLOBAL = ['aws_iam_role'];

function namesOf(environment: AwsEnvironment, ofPolicy = policy): Map<string, string> {
  const props = { policy: ofPolicy, environment, bodies };
  const stacks = [DataStack, ServiceStack, EdgeStack].map((Stack) => new Stack(Testing.app(), props));
  const names = new Map<string, string>();
  for (const { resource } of stacks.map((stack) => synthesize(stack))) {
    for (const [type, argument] of Object.entries(NAMED)) {
      for (const [id, made] of Object.entries(resource[type] ?? {})) {
        names.set(`${type}.${id}`, `${type} ${String(made[argument])}`);
      }
    }
  }
  return names;
}

/** In one account and region, whatever their files say. */
const here = (environment: AwsEnvironment, region = 'eu-central-1'): AwsEnvironment => {
  const account = '333333333333';
  const certificateArn = `arn:aws:acm:${region}:${account}:certificate/0a1b2c3d`;
  return {
    ...environment,
    aws: { ...environment.aws, account, region, certificateArn, gatewayAccount: 'existing' },
  };
};

function twice(...environments: readonly Map<string, string>[]): string[] {
  const all = environments.flatMap((names) => [...names.values()]);
  // Those that hold the ID of an API, which is AWS' to give.
  return all.filter((name, index) => !name.includes('${') && all.indexOf(name) < index);
}

it('two environments have no name in common', () => {
  expect(twice(namesOf(here(dev())), namesOf(here(staging())), namesOf(here(prod())))).toEqual([]);
});

it('one environment in two regions has no name of a role in common', () => {
  const [one, other] = ['eu-central-1', 'eu-west-1'].map((region) =>
    [...namesOf(here(prod(), region)).values()].filter((name) =>
      GLOBAL.some((type) => name.startsWith(type)),
    ),
  );
  expect(one!.length).toBeGreaterThan(2);
  expect(one!.filter((name) => other!.includes(name))).toEqual([]);
});

it('two APIs have no name in common', () => {
  const orders = definePolicy({ ...inputOf(), name: 'orders' });
  expect(twice(namesOf(here(prod())), namesOf(here(prod()), orders))).toEqual([]);
});

it('the longest name of an API is cut to what AWS takes, and stays another than its neighbour', () => {
  const long = (end: string) =>
    definePolicy({ ...inputOf(), name: `${'payments-and-settlements-'.repeat(2)}${end}` });
  const [one, other] = [long('eu'), long('us')].map((named) => namesOf(here(prod()), named));
  expect(twice(one!, other!)).toEqual([]);
  const { taskRole, store, storeUser, service } = awsNamesOf(long('eu'), here(prod()));
  expect([taskRole, store, storeUser, service].map(({ length }) => length)).toEqual([64, 32, 40, 27]);
  for (const name of one!.values()) {
    if (/^aws_(iam_role|lambda_function) /.test(name))
      expect(name.split(' ')[1]!.length).toBeLessThanOrEqual(64);
    if (/^aws_lb(_target_group)? /.test(name)) expect(name.split(' ')[1]!.length).toBeLessThanOrEqual(32);
  }
});

function inputOf(): PolicyInput {
  return {
    name: 'orders',
    issuer: 'https://auth.example.com',
    audience: 'orders',
    tiers: { free: [{ limit: 60, window: '1m' }] },
    defaultTier: 'free',
    // What the schemas of bodies are about.
    routes: policy.routes.map(({ method, path, scopes, public: open }) => ({
      method: method as PolicyInput['routes'][number]['method'],
      path,
      ...(open ? { public: true } : { scopes: [...scopes] }),
    })),
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  };
}
