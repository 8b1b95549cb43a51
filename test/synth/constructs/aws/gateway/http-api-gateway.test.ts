import type { HttpApiGatewayProps } from '@portcullis/constructs/aws';
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
import { httpApiIn, httpApiProps, policyOf, type RouteInput } from '../../../../support/synth/aws-fixtures';

type Fields = Record<string, unknown>;
const made = (props?: Partial<HttpApiGatewayProps>) => synthesize((stack) => httpApiIn(stack, props));

let worked: Synthesized | undefined;
/** The worked example's, which is synthesized once; or another one. */
const api = (props?: Partial<HttpApiGatewayProps>) => (props ? made(props) : (worked ??= made()));

/** The route of a key, as fields of what is synthesized. */
function routeOf(synthesized: ReturnType<typeof api>, routeKey: string): Fields | undefined {
  return all(synthesized, 'aws_apigatewayv2_route').find((route) => route.route_key === routeKey);
}
const authorizerOf = (synthesized: ReturnType<typeof api>, type: string) =>
  all(synthesized, 'aws_apigatewayv2_authorizer').filter((found) => found.authorizer_type === type);

describe('the routes of an HTTP API', () => {
  it('are those of the policy, HEAD beside each GET, and no other', () => {
    const keys = policy.routes.flatMap(({ method, path }) => {
      const inBraces = path.replace(/:(\w+)/g, '{$1}');
      return (method === 'GET' ? ['GET', 'HEAD'] : [method]).map((name) => `${name} ${inBraces}`);
    });
    const routes = all(api(), 'aws_apigatewayv2_route').map(({ route_key }) => route_key);
    expect(routes.sort()).toEqual(keys.sort());
  });

  it('ask no token where the policy asks none, and a token everywhere else', () => {
    const synthesized = api();
    const open = all(synthesized, 'aws_apigatewayv2_route').filter(
      ({ authorization_type }) => authorization_type === 'NONE',
    );
    for (const { route_key, authorizer_id } of open) {
      const [method = '', path = ''] = String(route_key).split(' ');
      expect(policy.match(method, path.replace(/[{}]/g, ''))?.public).toBe(true);
      expect(authorizer_id).toBeUndefined();
    }
    expect(open.length).toBeGreaterThan(0);
    expect(routeOf(synthesized, 'GET /api/me')).toMatchObject({ authorization_type: 'JWT' });
    expect(routeOf(synthesized, 'GET /api/me')).not.toHaveProperty('authorization_scopes');
  });

  it.each(['GET /api/exports/{link}', 'HEAD /api/exports/{link}'])('ask for its scope: %s', (key) => {
    expect(routeOf(api(), key)).toMatchObject({
      authorization_type: 'JWT',
      authorization_scopes: ['read:transactions'],
    });
  });

  it('of which an optional part makes two are both there', () => {
    const found = api({ policy: policyOf([{ method: 'PUT', path: '/orders{/:id}' }]) });
    expect(routeOf(found, 'PUT /orders')).toBeDefined();
    expect(routeOf(found, 'PUT /orders/{id}')).toBeDefined();
  });

  it('lead to the service through the link, over TLS to its name', () => {
    const found = api();
    expect(only(found, 'aws_apigatewayv2_integration')).toMatchObject({
      integration_type: 'HTTP_PROXY',
      connection_type: 'VPC_LINK',
      tls_config: { server_name_to_verify: 'api.internal.example.com' },
    });
    expect(only(found, 'aws_apigatewayv2_vpc_link')).toMatchObject({
      subnet_ids: httpApiProps.service.subnetIds,
      security_group_ids: httpApiProps.service.securityGroupIds,
    });
  });
});

describe('who decides', () => {
  const both = { method: 'GET', path: '/orders', scopes: ['read', 'export'] } satisfies RouteInput;
  const one = { method: 'POST', path: '/orders', scopes: ['write'] } satisfies RouteInput;

  it("is the gateway's JWT authorizer, with the policy's issuer and audience, where that is enough", () => {
    const found = api();
    expect(authorizerOf(found, 'JWT')).toMatchObject([
      { jwt_configuration: { issuer: policy.issuer, audience: [policy.audience] } },
    ]);
    expect(authorizerOf(found, 'REQUEST')).toEqual([]);
    expect(all(found, 'aws_lambda_function')).toEqual([]);
  });

  it('is asked for names as they are, not for what the engine would make of them', () => {
    const found = api({
      policy: policyOf([{ ...one, scopes: ['write:${path.cwd}'] }], { audience: '%{if true}' }),
    });
    expect(authorizerOf(found, 'JWT')).toMatchObject([{ jwt_configuration: { audience: ['%%{if true}'] } }]);
    expect(routeOf(found, 'POST /orders')).toMatchObject({ authorization_scopes: ['write:$${path.cwd}'] });
  });

  it('is the Lambda authorizer where a route asks for all of several scopes', () => {
    const found = api({ policy: policyOf([both, one]) });
    for (const key of ['GET /orders', 'HEAD /orders']) {
      const route = routeOf(found, key);
      expect(route).toMatchObject({ authorization_type: 'CUSTOM' });
      expect(route).not.toHaveProperty('authorization_scopes');
    }
    expect(routeOf(found, 'POST /orders')).toMatchObject({
      authorization_type: 'JWT',
      authorization_scopes: ['write'],
    });
  });

  it.each<[string, HttpApiGatewayProps['auth']]>([
    ['algorithms are the default, ES256 among them', {}],
    ['an algorithm is not one that it verifies', { algorithms: ['RS256', 'PS256'] }],
    [
      'keys are elsewhere than where the issuer says',
      { algorithms: ['RS256'], jwksUri: 'https://k.example.com' },
    ],
    [
      'issuers are several',
      {
        issuers: ['https://a.example.com', 'https://b.example.com'].map((issuer) => ({
          issuer,
          audience: 'orders',
          algorithms: ['RS256'] as const,
        })),
      },
    ],
    [
      'the access log could not name a claim',
      { algorithms: ['RS256'], claims: { tier: 'https://example.com/tier' } },
    ],
  ])('is the Lambda authorizer where %s', (_, auth) => {
    const found = api({ policy: policyOf([one]), ...(auth && { auth }) });
    expect(authorizerOf(found, 'JWT')).toEqual([]);
    expect(routeOf(found, 'POST /orders')).toMatchObject({ authorization_type: 'CUSTOM' });
  });

  it('is asked again for each route, and each minute', () => {
    expect(authorizerOf(api({ policy: policyOf([both]) }), 'REQUEST')).toMatchObject([
      {
        authorizer_payload_format_version: '2.0',
        enable_simple_responses: true,
        identity_sources: ['$request.header.Authorization', '$context.routeKey'],
        authorizer_result_ttl_in_seconds: 60,
      },
    ]);
  });

  it('may be asked by this authorizer alone, and may write its own log and traces alone', () => {
    const found = api({ policy: policyOf([both]) });
    const { source_arn, principal } = only(found, 'aws_lambda_permission');
    expect(principal).toBe('apigateway.amazonaws.com');
    expect(source_arn).toMatch(
      /^\$\{aws_apigatewayv2_api\.[\w-]+\.execution_arn\}\/authorizers\/\$\{[\w.-]+\.id\}$/,
    );
    const statements = all(found, 'aws_iam_role_policy').flatMap(
      ({ policy: document }) => (JSON.parse(document as string) as { Statement: Fields[] }).Statement,
    );
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: [expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.[\w-]+\.arn\}:\*$/) as string],
      },
      {
        Effect: 'Allow',
        Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
        Resource: ['*'],
      },
    ]);
    expect(only(found, 'aws_lambda_function')).toMatchObject({ tracing_config: { mode: 'Active' } });
  });
});

describe('the stage', () => {
  const stage = (props?: Partial<HttpApiGatewayProps>) => only(api(props), 'aws_apigatewayv2_stage');

  it('follows the largest tier, by what a call costs', () => {
    const { default_route_settings, route_settings } = stage() as Record<string, Fields[]>;
    // enterprise: 10,000 a minute; 20 clients; a report costs 20.
    expect(default_route_settings).toMatchObject({
      throttling_rate_limit: 3_334,
      throttling_burst_limit: 200_000,
    });
    expect(route_settings).toHaveLength(all(api(), 'aws_apigatewayv2_route').length);
    expect(route_settings?.at(-1)).toMatchObject({
      throttling_rate_limit: 167,
      throttling_burst_limit: 10_000,
    });
  });

  it('names its routes by reference, so that they are there before it', () => {
    for (const { route_key } of (stage() as Record<string, Fields[]>).route_settings ?? []) {
      expect(route_key).toMatch(/^\$\{aws_apigatewayv2_route\.[^}]+\.route_key\}$/);
    }
  });

  it('logs who, how it ended, why not and how long, and never a token', () => {
    const { format } = stage().access_log_settings as Fields;
    expect(JSON.parse(format as string)).toMatchObject({
      tier: '$context.authorizer.tier',
      organisation: '$context.authorizer.organisation',
      tierClaim: '$context.authorizer.claims.tier',
      organisationClaim: '$context.authorizer.claims.org_id',
      authorizerError: '$context.authorizer.error',
      responseLatency: '$context.responseLatency',
    });
    // It is none of the variables of an HTTP API, whose domains take TLS 1.2 and later only.
    expect(format).not.toContain('tlsVersion');
    expect(format).not.toMatch(/header|querystring|\$context\.path/i);
    expect(only(api(), 'aws_cloudwatch_log_group')).toMatchObject({
      retention_in_days: 365,
      kms_key_id: httpApiProps.logs.keyArn,
    });
  });
});

it('keeps the IDs of what it makes', () => {
  const ids = Object.entries(
    api({ policy: policyOf([{ method: 'GET', path: '/orders/:id' }]), auth: {} }).resource,
  )
    .flatMap(([type, resources]) => Object.keys(resources).map((id) => `${type}.${id}`))
    .sort();
  expect(ids).toMatchInlineSnapshot(`
   [
     "aws_apigatewayv2_api.http-api__orders-prod__api",
     "aws_apigatewayv2_api_mapping.http-api__orders-prod__mapping",
     "aws_apigatewayv2_authorizer.http-api__orders-prod__lambda",
     "aws_apigatewayv2_domain_name.http-api__orders-prod__domain",
     "aws_apigatewayv2_integration.http-api__orders-prod__service",
     "aws_apigatewayv2_route.http-api__orders-prod__GET-orders-id_caf48cd4",
     "aws_apigatewayv2_route.http-api__orders-prod__HEAD-orders-id_147bb051",
     "aws_apigatewayv2_stage.http-api__orders-prod__stage",
     "aws_apigatewayv2_vpc_link.http-api__orders-prod__link",
     "aws_cloudwatch_log_group.http-api__orders-prod__authorizer__log",
     "aws_cloudwatch_log_group.http-api__orders-prod__log",
     "aws_iam_role.http-api__orders-prod__authorizer__role",
     "aws_iam_role_policy.http-api__orders-prod__authorizer__may-log",
     "aws_iam_role_policy.http-api__orders-prod__authorizer__may-trace",
     "aws_lambda_function.http-api__orders-prod__authorizer__function",
     "aws_lambda_permission.http-api__orders-prod__authorizer__invoke",
   ]
  `);
});

describe('the domain', () => {
  it('takes TLS 1.2 and later, and is the only way in', () => {
    const found = api();
    expect(only(found, 'aws_apigatewayv2_api')).toMatchObject({ disable_execute_api_endpoint: true });
    expect(only(found, 'aws_apigatewayv2_domain_name')).toMatchObject({
      domain_name: 'api.example.com',
      domain_name_configuration: { security_policy: 'TLS_1_2', endpoint_type: 'REGIONAL' },
    });
    expect(only(found, 'aws_apigatewayv2_api_mapping')).toMatchObject({
      stage: expect.stringMatching(/^\$\{aws_apigatewayv2_stage\.[\w-]+\.name\}$/) as string,
    });
  });
});

describe('what is refused', () => {
  it('is refused with everything that is wrong at once', () => {
    const spoiled: HttpApiGatewayProps = {
      place: { region: 'eu', account: '1' },
      environment: 'prod/eu',
      policy: policyOf(
        [
          { method: 'GET', path: '/files/:name.json' },
          { method: 'GET', path: '/all/*rest/end' },
          { method: 'GET', path: '/a\\{b\\}' },
          { method: 'GET', path: '/trailing/' },
          { method: 'GET', path: '/größe' },
          { method: 'GET', path: '/fine/*rest' },
        ],
        { issuer: 'http://localhost:8080' },
      ),
      service: {
        listenerArn: 'http://10.0.0.1',
        serverName: '*',
        subnetIds: ['subnet-1', '10.0.0.0/16'],
        securityGroupIds: [],
      },
      domain: { name: '*.example.com', certificateArn: 'arn:aws:acm:*:*:certificate/*' },
      busyClients: 0,
      logs: { retentionDays: 0, keyArn: 'alias/logs' },
    };
    const places = [
      ...[0, 1, 2, 3, 4].map((index) => `policy.routes[${index}].path: received`),
      'place.region: received',
      'place.account: received',
      'environment: received',
      'policy.issuer: received',
      'domain.name: received',
      'domain.certificateArn: received',
      'busyClients: received 0',
      'logs.retentionDays: received 0',
      'logs.keyArn: received',
      'service.listenerArn: received',
      'service.serverName: received',
      'service.subnetIds[1]: received',
      'service.securityGroupIds: received',
    ];
    const message = expect.stringMatching(
      new RegExp(
        [`${places.length} problems`, ...places.map((place) => place.replace(/[.[\]]/g, '\\$&'))].join(
          '[^]*',
        ),
      ),
    ) as string;
    expect(() => httpApiIn(stackIn(), spoiled)).toThrow(refusal('ERR_PROPS', { message }));
  });

  it('is a stage without logs', () => {
    const message = expect.stringMatching(
      /^test\/gateway: .*\n {2}logs: received nothing; expected/,
    ) as string;
    expect(() => httpApiIn(stackIn(), { logs: undefined as never })).toThrow(
      refusal('ERR_PROPS', { message }),
    );
  });
});

it.each(['eu-central-1:444444444444', 'us-east-1:333333333333'])(
  'refuses a certificate that is not of the account and region of the load balancer: %s',
  (where) => {
    const domain = { name: 'api.example.com', certificateArn: `arn:aws:acm:${where}:certificate/0a1b2c3d` };
    expect(() => httpApiIn(stackIn(), { domain })).toThrow(refusedProps('domain.certificateArn'));
  },
);

it('refuses a key for logs of another region, and names what is missing', () => {
  const logs = { retentionDays: 365, keyArn: 'arn:aws:kms:us-east-1:333333333333:key/0a1b2c3d' };
  expect(() => httpApiIn(stackIn(), { logs })).toThrow(refusedProps('logs.keyArn'));
  expect(() => httpApiIn(stackIn(), { domain: undefined as never, service: undefined as never })).toThrow(
    refusedProps('domain', 'service'),
  );
});

describe('cors of an HTTP API', () => {
  it('is the policy’s, with the headers of limits for pages to read', () => {
    const cors = { origins: ['https://app.example.com'], credentials: true, maxAge: '1h' };
    const routes: RouteInput[] = [
      { method: 'GET', path: '/orders' },
      { method: 'PATCH', path: '/orders' },
    ];
    expect(only(made({ policy: policyOf(routes, { cors }) }), 'aws_apigatewayv2_api')).toMatchObject({
      cors_configuration: {
        allow_origins: ['https://app.example.com'],
        allow_methods: ['GET', 'HEAD', 'PATCH'],
        allow_headers: ['authorization', 'content-type'],
        expose_headers: expect.arrayContaining([
          'RateLimit',
          'Retry-After',
          'X-RateLimit-Remaining',
        ]) as string[],
        allow_credentials: true,
        max_age: 3_600,
      },
    });
  });

  it('is not there where the policy has none', () => {
    expect(only(api(), 'aws_apigatewayv2_api')).not.toHaveProperty('cors_configuration');
  });
});
