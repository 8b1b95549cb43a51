import { readFile } from 'node:fs/promises';
import { Run } from '../../cli/src/engines/process/run';
import { readPlanFile } from '../../cli/src/plan/file/read-plan-file';
import { readPlan } from '../../cli/src/plan/read-plan';
import { summarize, type StackSummary } from '../../cli/src/plan/summary';
import { ACCOUNT, AppliedStack, REGION, sentencesOf, type Resources } from './applied-stack';
import { allow, container, JUDGED, trust } from './judged-resources';

type Attributes = Record<string, unknown>;
type Change = (resources: Resources) => void;

const set =
  (type: string, name: string, attributes: Attributes): Change =>
  ({ resource }) =>
    void Object.assign(resource[type]?.[name] ?? {}, attributes);
const remove =
  (type: string, name: string): Change =>
  ({ resource }) =>
    void Reflect.deleteProperty(resource[type] ?? {}, name);
const add =
  (type: string, attributes: Attributes): Change =>
  ({ resource }) =>
    void ((resource[type] ??= {}).added = attributes);
const firewallRule =
  (index: number, attributes: Attributes): Change =>
  ({ resource }) =>
    void Object.assign((resource.aws_wafv2_web_acl?.edge?.rule as Attributes[])[index] ?? {}, attributes);

const LAMBDA = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:authorizer`;

/** Changes that are planned at once, each with all that has to be said of it. */
const CHANGES: readonly [change: Change, ...lines: string[]][] = [
  [
    set('aws_apigatewayv2_route', 'users', { authorization_scopes: [] }),
    'danger gateway route DELETE /api/users: has no scope: any token gets in',
  ],
  [
    set('aws_apigatewayv2_route', 'pay', {
      authorization_type: 'NONE',
      authorization_scopes: undefined,
      authorizer_id: undefined,
    }),
    'danger gateway route POST /api/pay: authorizer removed: no token is asked for',
  ],
  [
    set('aws_apigatewayv2_authorizer', 'jwt', {
      jwt_configuration: { issuer: 'https://evil.example.com', audience: ['https://api.example.com'] },
    }),
    'danger gateway authorizer jwt: trusts another issuer: https://auth.example.com → https://evil.example.com',
  ],
  [
    remove('aws_apigatewayv2_authorizer', 'old'),
    'danger gateway authorizer old: will be destroyed: authorizer removed, nothing checks the tokens of its routes',
  ],
  [
    set('aws_apigatewayv2_api', 'api', { disable_execute_api_endpoint: false }),
    'danger gateway api: can be reached beside its domain: past its firewall and its TLS policy',
  ],
  [
    firewallRule(0, { action: { count: {} } }),
    'danger firewall edge: rule by-address only counts what it would stop',
  ],
  [
    firewallRule(1, { override_action: { count: {} } }),
    'danger firewall edge: rule common only counts what it would stop',
  ],
  [
    remove('aws_wafv2_web_acl', 'old'),
    'danger firewall old: will be destroyed: firewall removed: attacks reach the API',
  ],
  [
    set('aws_vpc_security_group_ingress_rule', 'redis', { cidr_ipv4: '0.0.0.0/0' }),
    'danger security group rule redis: opened: lets in tcp 6379 of anyone',
  ],
  [
    set('aws_subnet', 'a', { map_public_ip_on_launch: true }),
    'danger subnet subnet-…: gives what runs in it a public address',
  ],
  [
    set('aws_iam_role_policy', 'task', { policy: allow('s3:*', '*') }),
    'danger AWS policy task: gains s3:* on *',
    'notice AWS policy task: loses s3:GetObject on arn:aws:s3:::a/b',
  ],
  [
    set('aws_iam_role', 'task', { assume_role_policy: trust({ AWS: '*' }) }),
    'danger AWS role task: who may take it: gains sts:AssumeRole for *',
    'notice AWS role task: who may take it: loses sts:AssumeRole for ecs-tasks.amazonaws.com',
  ],
  [set('aws_kms_key', 'limits', { enable_key_rotation: false }), 'danger key limits: is not rotated'],
  [
    remove('aws_kms_key', 'old'),
    'danger key old: will be destroyed: what it encrypted can be read by nobody',
  ],
  [
    set('aws_cloudwatch_log_group', 'access', { retention_in_days: 30 }),
    'danger log access: is kept 365 days → 30 days',
  ],
  [remove('aws_cloudwatch_log_group', 'old'), 'danger log old: will be destroyed: what it recorded is gone'],
  [
    set('aws_ssm_parameter', 'address', { value: 'b' }),
    'notice parameter /staging/address: has another value',
  ],
  [
    set('aws_ecs_task_definition', 'api', { container_definitions: container({ user: 'root' }) }),
    'notice task api: will be destroyed and made anew: nothing new starts from this revision',
    'danger task api: container api runs as root',
    'notice task api: container api: user changes',
  ],
  [
    set('aws_lb', 'api', { internal: false }),
    'danger load balancer api: will be destroyed and made anew: nobody reaches the service',
    'danger load balancer api: can be reached from the internet',
    'unknown load balancer api: security_groups is known only after the apply',
  ],
  [
    add('aws_internet_gateway', { vpc_id: '${aws_vpc.main.id}' }),
    'danger internet gateway aws_internet_gateway.added: is a way from the internet',
  ],
  [
    add('aws_iam_role_policy_attachment', {
      role: '${aws_iam_role.task.name}',
      policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    }),
    'notice policy of AWS role task: will be created',
    'danger policy of AWS role task: may do anything: arn:aws:iam::aws:policy/AdministratorAccess',
  ],
  [
    add('aws_lambda_permission', { function_name: LAMBDA, action: 'lambda:InvokeFunction', principal: '*' }),
    `notice permission to call ${LAMBDA}: will be created`,
    `danger permission to call ${LAMBDA}: anyone may call it`,
    `danger permission to call ${LAMBDA}: whoever uses that service may call it, of any account`,
  ],
  [
    add('aws_lambda_function_url', { function_name: LAMBDA, authorization_type: 'NONE' }),
    `notice URL of function ${LAMBDA}: will be created`,
    `danger URL of function ${LAMBDA}: asks nobody who calls`,
  ],
  [
    add('aws_lb_listener', {
      load_balancer_arn: '${aws_lb.api.arn}',
      port: 80,
      protocol: 'HTTP',
      default_action: { type: 'fixed-response', fixed_response: { content_type: 'text/plain' } },
    }),
    'notice listener on port 80: will be created',
    'unknown listener on port 80: ssl_policy is known only after the apply',
    'danger listener on port 80: talks HTTP, without TLS',
  ],
  [
    add('aws_elasticache_replication_group', {
      replication_group_id: 'limits',
      description: 'limits',
      node_type: 'cache.t4g.micro',
      engine: 'redis',
      at_rest_encryption_enabled: false,
      transit_encryption_enabled: false,
    }),
    'notice store limits: will be created',
    'danger store limits: is not encrypted on disk',
    'danger store limits: talks without TLS',
    'unknown store limits: transit_encryption_mode is known only after the apply',
    'danger store limits: lets in without a user',
    'danger store limits: does not fail over: limits are off while it is down',
    'danger store limits: is in one zone',
    'danger store limits: writes no log',
  ],
];

/** A plan that the real provider makes of what it has applied; moto does not have to know what is only planned. */
describe('what a plan says of AWS', () => {
  let run: Run;
  let file: string;
  let said: string[];
  // A subnet has no name but the one that AWS gave it.
  const shown = (summary: StackSummary): string[] =>
    sentencesOf(summary).map((line) => line.replace(/subnet-[0-9a-f]+/, 'subnet-…'));
  beforeAll(async () => {
    run = await Run.open();
    const stack = await AppliedStack.apply(run, JUDGED);
    file = await stack.plan((resources) => CHANGES.forEach(([change]) => change(resources)));
    said = shown(await summarize('edge-staging', readPlan(await readFile(file, 'utf8'))));
  }, 900_000);
  afterAll(() => run.close(), 30_000);

  it.each(CHANGES.flatMap(([, ...lines]) => lines))('%s', (line) => expect(said).toContain(line));

  it('is the same where the plan is given as a file', async () => {
    const { summary } = await readPlanFile(file);
    // Of drift and checks a stack says more: see `summarizeRun()`.
    expect(shown({ ...summary, asides: [] })).toEqual(said);
    expect(summary).toMatchObject({ grade: 'danger', isForeign: true, digest: null });
  });

  it('is nothing else: not of what stays, and not of what nobody has to know', () => {
    const expected = new Set(CHANGES.flatMap(([, ...lines]) => lines));
    expect(said.filter((line) => !expected.has(line))).toEqual([]);
  });
});
