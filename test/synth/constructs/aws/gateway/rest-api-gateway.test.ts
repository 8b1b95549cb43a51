import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { GatewayAccount, RestApiGateway, type RestApiGatewayProps } from '@portcullis/constructs/aws';
import { z } from 'zod';
import { policy } from '../../../../../policy';
import {
  all,
  only,
  refusal,
  refusedProps,
  stackIn,
  synthesize,
  type Synthesized,
} from '../../../../support/synth/synthesize';
import { place, policyOf, restApiIn, restApiProps } from '../../../../support/synth/aws-fixtures';

type Fields = Record<string, unknown>;
const made = (props?: Partial<RestApiGatewayProps>) => synthesize((stack) => restApiIn(stack, props));

let worked: Synthesized | undefined;
/** The worked example's, which is synthesized once; or another one. */
const api = (props?: Partial<RestApiGatewayProps>) => (props ? made(props) : (worked ??= made()));

/** The path of each resource, by the reference that a method has to it. */
function pathsOf(found: Synthesized): Map<string, string> {
  const resources = found.resource.aws_api_gateway_resource ?? {};
  const referenceOf = (id: string): string => `\${aws_api_gateway_resource.${id}.id}`;
  const pathOf = (reference: string): string => {
    const [, made] = Object.entries(resources).find(([id]) => referenceOf(id) === reference) ?? [];
    return made ? `${pathOf(String(made.parent_id))}/${String(made.path_part)}` : '';
  };
  return new Map(Object.keys(resources).map((id) => [referenceOf(id), pathOf(referenceOf(id))]));
}

/** Methods by `GET /path`. */
function methodsOf(found: Synthesized): Map<string, Fields> {
  const paths = pathsOf(found);
  return new Map(
    all(found, 'aws_api_gateway_method').map((method) => [
      `${String(method.http_method)} ${paths.get(String(method.resource_id)) ?? '/'}`,
      method,
    ]),
  );
}

describe('the methods of a REST API', () => {
  it('are those of the policy, HEAD beside each GET, and no other', () => {
    const expected = policy.routes.flatMap(({ method, path }) =>
      (method === 'GET' ? ['GET', 'HEAD'] : [method]).map(
        (name) => `${name} ${path.replace(/:(\w+)/g, '{$1}')}`,
      ),
    );
    expect([...methodsOf(api()).keys()].sort()).toEqual(expected.sort());
  });

  it('ask the authorizer where the policy asks for a token, and never for an API key', () => {
    for (const [key, method] of methodsOf(api())) {
      const [name = '', path = ''] = key.split(' ');
      const open = policy.match(name, path.replace(/[{}]/g, ''))?.public;
      expect(method).toMatchObject({ authorization: open ? 'NONE' : 'CUSTOM', api_key_required: false });
      expect('authorizer_id' in method).toBe(!open);
    }
  });

  it('share a parameter where routes name it differently, for a resource has room for one', () => {
    const found = api({
      policy: policyOf([
        { method: 'GET', path: '/orders/:id' },
        { method: 'POST', path: '/orders/:order/items' },
        { method: 'PUT', path: '/orders{/:id}' },
        { method: 'GET', path: '/files/*rest' },
      ]),
    });
    expect([...methodsOf(found).keys()].sort()).toEqual([
      'GET /files/{rest+}',
      'GET /orders/{id}',
      'HEAD /files/{rest+}',
      'HEAD /orders/{id}',
      'POST /orders/{id}/items',
      'PUT /orders',
      'PUT /orders/{id}',
    ]);
  });

  it('are under the path of another route too, where a REST API would look for them there and no further', () => {
    const found = api({
      policy: policyOf([
        { method: 'GET', path: '/users/me' },
        { method: 'PUT', path: '/users/:id' },
        { method: 'POST', path: '/users/:id/orders' },
      ]),
    });
    expect([...methodsOf(found).keys()].sort()).toEqual([
      'GET /users/me',
      'HEAD /users/me',
      'POST /users/me/orders',
      'POST /users/{id}/orders',
      'PUT /users/me',
      'PUT /users/{id}',
    ]);
  });

  it('lead to the service by the link, over TLS to its name, with their parameters', () => {
    const found = api();
    const uris = all(found, 'aws_api_gateway_integration').map(({ uri }) => uri);
    expect(uris).toContain('https://api.internal.example.com/api/exports/{link}');
    expect(new Set(uris).size).toBe(new Set(policy.routes.map(({ path }) => path)).size);
    for (const { type, connection_type, connection_id } of all(found, 'aws_api_gateway_integration')) {
      expect({ type, connection_type }).toEqual({ type: 'HTTP_PROXY', connection_type: 'VPC_LINK' });
      expect(connection_id).toMatch(/^\$\{aws_api_gateway_vpc_link\.[\w-]+\.id\}$/);
    }
    expect(
      all(found, 'aws_api_gateway_integration').find(({ uri }) => String(uri).includes('{link}')),
    ).toMatchObject({
      request_parameters: {
        'integration.request.path.link': 'method.request.path.link',
        // The app's log and the gateway's call a request by one name, which no client can choose.
        'integration.request.header.x-request-id': 'context.extendedRequestId',
      },
    });
  });

  it('reach the network load balancer of the service by the link', () => {
    expect(only(api(), 'aws_api_gateway_vpc_link')).toMatchObject({
      target_arns: [restApiProps.service.networkLoadBalancerArn],
    });
  });
});

describe('the authorizer', () => {
  it('is asked with the whole request, and its answer kept for a minute by the token', () => {
    expect(only(api(), 'aws_api_gateway_authorizer')).toMatchObject({
      type: 'REQUEST',
      identity_source: 'method.request.header.Authorization',
      authorizer_result_ttl_in_seconds: 60,
    });
  });

  it('may be asked by this API alone', () => {
    const { source_arn, principal, action } = only(api(), 'aws_lambda_permission');
    expect({ principal, action }).toEqual({
      principal: 'apigateway.amazonaws.com',
      action: 'lambda:InvokeFunction',
    });
    expect(source_arn).toMatch(
      /^\$\{aws_api_gateway_rest_api\.[\w-]+\.execution_arn\}\/authorizers\/\$\{[\w.-]+\.id\}$/,
    );
  });
});

describe('bodies', () => {
  const body = z.toJSONSchema(z.strictObject({ amount: z.int().min(1) }), { target: 'draft-4', io: 'input' });

  it('are checked where the app insists on one', () => {
    const found = api({ bodies: { 'POST /api/transactions': body } });
    const { schema, name, content_type } = only(found, 'aws_api_gateway_model');
    expect(content_type).toBe('application/json');
    // 1.0 is an integer in JavaScript, and none in draft 4.
    expect(JSON.parse(schema as string)).toMatchObject({
      $schema: 'http://json-schema.org/draft-04/schema#',
      properties: { amount: { type: 'number', multipleOf: 1, minimum: 1 } },
      additionalProperties: false,
    });
    expect(name).toMatch(/^[a-z0-9]+$/);
    const checked = [...methodsOf(found)].filter(([, method]) => 'request_models' in method);
    expect(checked.map(([key]) => key)).toEqual(['POST /api/transactions']);
    expect(only(found, 'aws_api_gateway_request_validator')).toMatchObject({
      validate_request_body: true,
      validate_request_parameters: true,
    });
  });
});

describe('the firewall', () => {
  const rules = () => only(api(), 'aws_wafv2_web_acl').rule as Fields[];

  it('limits each address to what busy clients of the largest tier may send, then asks the lists of AWS', () => {
    // enterprise: 10,000 a minute; 20 clients; five minutes.
    expect(rules()[0]).toMatchObject({
      action: { block: {} },
      statement: { rate_based_statement: { aggregate_key_type: 'IP', limit: 1_000_000 } },
    });
    expect(rules().map(({ name }) => name)).toEqual([
      'by-address',
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
    ]);
    for (const rule of rules().slice(1)) expect(rule).toMatchObject({ override_action: { none: {} } });
  });

  const counting = (...counted: string[]) =>
    only(api({ firewall: { counted } }), 'aws_wafv2_web_acl').rule as Fields[];
  const groupOf = (rule: Fields | undefined) =>
    (rule?.statement as { managed_rule_group_statement: Fields }).managed_rule_group_statement;

  it('only counts what it would stop where it is told, by rule and by group, and blocks with the rest', () => {
    const [address, addresses, inputs, common] = counting(
      'by-address',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet/CrossSiteScripting_BODY',
    );
    expect(address?.action).toEqual({ count: {} });
    expect(addresses?.override_action).toEqual({ none: {} });
    expect(inputs?.override_action).toEqual({ count: {} });
    expect(common?.override_action).toEqual({ none: {} });
    expect(groupOf(common).rule_action_override).toEqual(
      ['SizeRestrictions_BODY', 'NoUserAgent_HEADER', 'CrossSiteScripting_BODY'].map((name) => ({
        name,
        action_to_use: { count: {} },
      })),
    );
  });

  it.each([
    'AWSManagedRules',
    'by-address/x',
    'AWSManagedRulesCommonRuleSet/',
    'AWSManagedRulesCommonRuleSet/a/b',
  ])('counts by no rule that it does not have: %s', (rule) => {
    expect(() => counting(rule)).toThrow(refusedProps('firewall.counted[0]'));
  });

  it('stands before the stage, and its log shows no token', () => {
    const found = api();
    expect(only(found, 'aws_wafv2_web_acl_association').resource_arn).toMatch(
      /^\$\{aws_api_gateway_stage\.[\w-]+\.arn\}$/,
    );
    expect(only(found, 'aws_wafv2_web_acl_logging_configuration').redacted_fields).toEqual([
      { single_header: { name: 'authorization' } },
      { single_header: { name: 'cookie' } },
      { query_string: {} },
    ]);
    expect(JSON.stringify(found.resource.aws_wafv2_web_acl)).not.toContain('"sampled_requests_enabled":true');
  });
});

describe('the stage', () => {
  it('logs who, how it ended, why not, over which TLS and how long, and never a token', () => {
    const { access_log_settings, xray_tracing_enabled } = only(api(), 'aws_api_gateway_stage');
    const { format } = access_log_settings as Fields;
    expect(JSON.parse(format as string)).toMatchObject({
      tier: '$context.authorizer.tier',
      organisation: '$context.authorizer.organisation',
      authorizerError: '$context.authorizer.error',
      tlsVersion: '$context.tlsVersion',
      responseLatency: '$context.responseLatency',
    });
    expect(format).not.toMatch(/header|querystring|\$context\.path/i);
    expect(xray_tracing_enabled).toBe(true);
  });

  it('has its logs kept for a year under the key, those of the authorizer and of the firewall too', () => {
    const groups = all(api(), 'aws_cloudwatch_log_group');
    expect(groups.map(({ name }) => String(name).replace(/\$\{[^}]+\}/, 'ID')).sort()).toEqual([
      '/aws/lambda/fintech-api-prod-authorizer',
      '/portcullis/fintech-api-prod/rest-api',
      'API-Gateway-Execution-Logs_ID/live',
      'aws-waf-logs-fintech-api-prod',
    ]);
    for (const { retention_in_days, kms_key_id } of groups) {
      expect({ retention_in_days, kms_key_id }).toEqual({
        retention_in_days: 365,
        kms_key_id: restApiProps.logs.keyArn,
      });
    }
  });

  it('throttles each method at what the largest tier allows to many, and traces no data', () => {
    expect(only(api(), 'aws_api_gateway_method_settings')).toMatchObject({
      method_path: '*/*',
      settings: {
        metrics_enabled: true,
        logging_level: 'ERROR',
        data_trace_enabled: false,
        throttling_rate_limit: 3_334,
        throttling_burst_limit: 200_000,
      },
    });
  });

  it('waits until the account lets it log', () => {
    expect(only(api(), 'aws_api_gateway_stage').depends_on).toContainEqual(
      expect.stringMatching(/^aws_api_gateway_account\./),
    );
  });
});

describe('a deployment', () => {
  const deployment = (props?: Partial<RestApiGatewayProps>) =>
    only(api(props), 'aws_api_gateway_deployment') as { triggers: Fields; depends_on: string[] } & Fields;
  const definition = (props?: Partial<RestApiGatewayProps>) => deployment(props).triggers.definition;
  const orders = (rest: object = {}) => policyOf([{ method: 'GET', path: '/orders', ...rest }]);

  it('is made anew when a route, a body or the service is another, before the old one goes', () => {
    const before = definition({ policy: orders() });
    expect(definition({ policy: orders() })).toBe(before);
    expect(definition({ policy: orders({ public: true }) })).not.toBe(before);
    expect(definition({ policy: orders({ path: '/orders/:id' }) })).not.toBe(before);
    expect(definition({ policy: orders(), bodies: { 'GET /orders': {} } })).not.toBe(before);
    const service = { ...restApiProps.service, serverName: 'other.example.com' };
    expect(deployment({ service }).triggers).toMatchObject({ server: 'other.example.com' });
    expect(deployment().lifecycle).toEqual({ create_before_destroy: true });
  });

  it('waits for every method, where it leads, and every answer of the gateway', () => {
    const found = api();
    for (const type of ['method', 'integration', 'gateway_response']) {
      const ids = Object.keys(found.resource[`aws_api_gateway_${type}`] ?? {});
      expect(ids.length).toBeGreaterThan(0);
      for (const id of ids) expect(deployment().depends_on).toContain(`aws_api_gateway_${type}.${id}`);
    }
  });
});

it('has no keys and no usage plans: the limiter is what limits', () => {
  const types = Object.keys(api().resource);
  expect(types.filter((type) => /usage_plan|api_key/.test(type))).toEqual([]);
});

it('is reached by its domain alone, over TLS 1.2 or later', () => {
  const found = api();
  expect(only(found, 'aws_api_gateway_rest_api')).toMatchObject({ disable_execute_api_endpoint: true });
  expect(only(found, 'aws_api_gateway_domain_name')).toMatchObject({
    domain_name: 'api.example.com',
    security_policy: 'TLS_1_2',
  });
});

it('allows no action and no principal by a wildcard', () => {
  const documents = [...api().text.matchAll(/"(?:policy|assume_role_policy)": ("\{.*\}")/g)].map(
    ([, text = '']) => JSON.parse(JSON.parse(text) as string) as { Statement: Fields[] },
  );
  expect(documents.length).toBeGreaterThanOrEqual(4);
  for (const { Action, Principal } of documents.flatMap(({ Statement }) => Statement)) {
    for (const action of [Action].flat()) expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/);
    if (Principal) {
      expect(Principal).toEqual({ Service: expect.stringMatching(/^[a-z]+\.amazonaws\.com$/) as string });
    }
  }
});

it('keeps the IDs of what it makes', () => {
  const found = api({
    policy: policyOf([{ method: 'POST', path: '/orders/:id' }]),
    bodies: { 'POST /orders/:id': {} },
  });
  const ids = Object.entries(found.resource)
    .flatMap(([type, resources]) => Object.keys(resources).map((id) => `${type}.${id}`))
    .sort();
  expect(ids).toMatchInlineSnapshot(`
   [
     "aws_api_gateway_account.gateway-account__eu-central-1__setting",
     "aws_api_gateway_authorizer.rest-api__orders-prod__lambda",
     "aws_api_gateway_base_path_mapping.rest-api__orders-prod__mapping",
     "aws_api_gateway_deployment.rest-api__orders-prod__deployment",
     "aws_api_gateway_domain_name.rest-api__orders-prod__domain",
     "aws_api_gateway_gateway_response.rest-api__orders-prod__ACCESS_DENIED",
     "aws_api_gateway_gateway_response.rest-api__orders-prod__AUTHORIZER_CONFIGURATION_ERROR",
     "aws_api_gateway_gateway_response.rest-api__orders-prod__AUTHORIZER_FAILURE",
     "aws_api_gateway_gateway_response.rest-api__orders-prod__DEFAULT_4XX",
     "aws_api_gateway_gateway_response.rest-api__orders-prod__DEFAULT_5XX",
     "aws_api_gateway_gateway_response.rest-api__orders-prod__MISSING_AUTHENTICATION_TOKEN",
     "aws_api_gateway_gateway_response.rest-api__orders-prod__THROTTLED",
     "aws_api_gateway_gateway_response.rest-api__orders-prod__UNAUTHORIZED",
     "aws_api_gateway_gateway_response.rest-api__orders-prod__WAF_FILTERED",
     "aws_api_gateway_integration.rest-api__orders-prod__POST-orders-id_83515196__integration",
     "aws_api_gateway_method.rest-api__orders-prod__POST-orders-id_83515196__method",
     "aws_api_gateway_method_settings.rest-api__orders-prod__settings",
     "aws_api_gateway_model.rest-api__orders-prod__body-of-POST-orders-id_a56c47f0",
     "aws_api_gateway_request_validator.rest-api__orders-prod__validator",
     "aws_api_gateway_resource.rest-api__orders-prod__orders-id_1895acbd",
     "aws_api_gateway_resource.rest-api__orders-prod__orders_8b13014a",
     "aws_api_gateway_rest_api.rest-api__orders-prod__api",
     "aws_api_gateway_stage.rest-api__orders-prod__stage",
     "aws_api_gateway_vpc_link.rest-api__orders-prod__link",
     "aws_cloudwatch_log_group.rest-api__orders-prod__authorizer__log",
     "aws_cloudwatch_log_group.rest-api__orders-prod__execution-log",
     "aws_cloudwatch_log_group.rest-api__orders-prod__firewall__log",
     "aws_cloudwatch_log_group.rest-api__orders-prod__log",
     "aws_iam_role.gateway-account__eu-central-1__role",
     "aws_iam_role.rest-api__orders-prod__authorizer__role",
     "aws_iam_role_policy.gateway-account__eu-central-1__may-log",
     "aws_iam_role_policy.rest-api__orders-prod__authorizer__may-log",
     "aws_iam_role_policy.rest-api__orders-prod__authorizer__may-trace",
     "aws_lambda_function.rest-api__orders-prod__authorizer__function",
     "aws_lambda_permission.rest-api__orders-prod__authorizer__invoke",
     "aws_wafv2_web_acl.rest-api__orders-prod__firewall__acl",
     "aws_wafv2_web_acl_association.rest-api__orders-prod__firewall__association",
     "aws_wafv2_web_acl_logging_configuration.rest-api__orders-prod__firewall__logging",
   ]
  `);
});

describe('what is refused', () => {
  it('is refused with everything that is wrong at once', () => {
    const spoiled: Partial<RestApiGatewayProps> = {
      policy: policyOf([
        { method: 'GET', path: '/files/:name.json' },
        { method: 'GET', path: '/orders/:id' },
        { method: 'POST', path: '/orders/*rest' },
      ]),
      service: { networkLoadBalancerArn: 'arn:aws:elasticloadbalancing:::*', serverName: '*' },
      domain: { name: '*.example.com', certificateArn: '*' },
      logs: undefined as never,
      bodies: {
        'PUT /orders': {},
        'POST /orders/*rest': { properties: { const: { exclusiveMinimum: 0 }, then: { type: 'string' } } },
      },
    };
    const places = [
      'policy.routes[0].path: received "/files/:name.json"',
      'policy.routes[2].path: received "/orders/*rest", a wildcard beside',
      'domain.name: received "*.example.com"',
      'domain.certificateArn: received "*"',
      'logs: received nothing',
      'service.networkLoadBalancerArn: received "arn:aws:elasticloadbalancing:::*"',
      'service.serverName: received "*"',
      'bodies["PUT /orders"]: received a schema for no route',
      'bodies["POST /orders/*rest"]: received exclusiveMinimum',
    ];
    let message = '';
    try {
      restApiIn(stackIn(), spoiled);
    } catch (error) {
      expect(error).toEqual(refusal('ERR_PROPS', { constructPath: 'test/gateway' }));
      message = (error as Error).message;
    }
    const [first, ...lines] = message.replace(/\n\(ERR_PROPS\)$/, '').split('\n');
    expect(first).toBe(`test/gateway: props has ${places.length} problems`);
    expect(lines.map((line, index) => line.trim().slice(0, places[index]?.length))).toEqual(places);
  });
});

it.each(['eu-central-1:444444444444', 'us-east-1:333333333333'])(
  'refuses a certificate that is not of the account and region of the load balancer: %s',
  (where) => {
    const domain = { name: 'api.example.com', certificateArn: `arn:aws:acm:${where}:certificate/0a1b2c3d` };
    expect(() => restApiIn(stackIn(), { domain })).toThrow(refusedProps('domain.certificateArn'));
  },
);

it('refuses a key for logs of another region, and names what is missing', () => {
  const logs = { retentionDays: 365, keyArn: 'arn:aws:kms:us-east-1:333333333333:key/0a1b2c3d' };
  expect(() => restApiIn(stackIn(), { logs })).toThrow(refusedProps('logs.keyArn'));
  expect(() => restApiIn(stackIn(), { domain: undefined as never, service: undefined as never })).toThrow(
    refusedProps('domain', 'service'),
  );
});

it("refuses the account's setting of another stack, which the stage could not depend on", () => {
  const account = new GatewayAccount(stackIn(), 'account', { place });
  expect(() => restApiIn(stackIn(), { account })).toThrow(refusedProps('account'));
});

describe('in an account that has other environments', () => {
  it('takes the setting that is there, and makes none', () => {
    const found = synthesize((stack) => {
      new AwsProvider(stack, 'provider', {});
      new RestApiGateway(stack, 'gateway', { ...restApiProps, account: GatewayAccount.at(place) });
    });
    expect(all(found, 'aws_api_gateway_account')).toEqual([]);
    expect(all(found, 'aws_iam_role').map(({ name }) => name)).toEqual([
      'fintech-api-prod-authorizer-eu-central-1',
    ]);
    const elsewhere = GatewayAccount.at({ ...place, region: 'eu-west-1' });
    expect(() => restApiIn(stackIn(), { account: elsewhere })).toThrow(refusedProps('account'));
  });

  it('keeps the names that it is given, as those of before', () => {
    const found = made({ name: 'fintech-api', authorizerRole: 'fintech-api-authorizer' });
    expect(only(found, 'aws_lambda_function').function_name).toBe('fintech-api-authorizer');
    expect(all(found, 'aws_iam_role').map(({ name }) => name)).toContain('fintech-api-authorizer');
    expect(only(found, 'aws_wafv2_web_acl').name).toBe('fintech-api');
    expect(only(found, 'aws_api_gateway_vpc_link').name).toBe('fintech-api');
    expect(only(found, 'aws_api_gateway_rest_api').name).toBe('fintech-api');
    expect(all(found, 'aws_cloudwatch_log_group').map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        '/aws/lambda/fintech-api-authorizer',
        '/portcullis/fintech-api/rest-api',
        'aws-waf-logs-fintech-api',
      ]),
    );
  });

  it.each([
    ['environment', 'prod/eu'],
    ['environment', ''],
    ['name', 'a'.repeat(54)],
    ['authorizerRole', 'role/*'],
  ])('refuses as %s: %j', (prop, value) => {
    expect(() => restApiIn(stackIn(), { [prop]: value })).toThrow(refusedProps(prop));
  });

  it('refuses a load balancer of another region', () => {
    const networkLoadBalancerArn =
      'arn:aws:elasticloadbalancing:eu-west-1:333333333333:loadbalancer/net/orders/0a1b2c3d4e5f6071';
    expect(() =>
      restApiIn(stackIn(), { service: { ...restApiProps.service, networkLoadBalancerArn } }),
    ).toThrow(refusedProps('service.networkLoadBalancerArn'));
  });
});

describe('cors of a REST API', () => {
  const routes = [
    { method: 'GET' as const, path: '/orders/:id' },
    { method: 'PUT' as const, path: '/orders/mine' },
  ];
  const withCors = (cors: { origins: string[]; credentials?: boolean }) =>
    made({ policy: policyOf(routes, { cors }) });
  const refusals = (found: Synthesized): Fields[] =>
    all(found, 'aws_api_gateway_gateway_response').map(
      ({ response_parameters }) => response_parameters as Fields,
    );
  const header = 'gatewayresponse.header.Access-Control-Allow-Origin';

  it('lets preflights of every path through to the app, without a token', () => {
    const methods = methodsOf(withCors({ origins: ['https://app.example.com'] }));
    for (const path of ['/orders/{id}', '/orders/mine'])
      expect(methods.get(`OPTIONS ${path}`)).toMatchObject({ authorization: 'NONE' });
  });

  it('lets a page read what the gateway refuses: of its one origin, else of any', () => {
    for (const parameters of refusals(withCors({ origins: ['https://app.example.com'], credentials: true })))
      expect(parameters).toMatchObject({
        [header]: "'https://app.example.com'",
        'gatewayresponse.header.Access-Control-Allow-Credentials': "'true'",
        'gatewayresponse.header.Access-Control-Expose-Headers': expect.stringContaining(
          'Retry-After',
        ) as string,
      });
    for (const origins of [['*'], ['https://a.example.com', 'https://b.example.com']])
      for (const parameters of refusals(withCors({ origins }))) {
        expect(parameters[header]).toBe("'*'");
        expect(parameters).not.toHaveProperty('gatewayresponse.header.Access-Control-Allow-Credentials');
      }
  });

  it('has an origin for a text, which is no expression of the engine', () => {
    for (const parameters of refusals(withCors({ origins: ['https://${terraform.workspace}'] })))
      expect(parameters[header]).toBe("'https://$${terraform.workspace}'");
  });

  it('is deployed anew when it changes', () => {
    const deployed = (origin: string) =>
      only(withCors({ origins: [origin] }), 'aws_api_gateway_deployment').triggers as Fields;
    expect(deployed('https://a.example.com').definition).not.toBe(
      deployed('https://b.example.com').definition,
    );
  });

  it('is not there where the policy has none', () => {
    expect([...methodsOf(api()).keys()].filter((key) => key.startsWith('OPTIONS'))).toEqual([]);
    for (const parameters of refusals(api())) expect(parameters).not.toHaveProperty(header);
  });
});
