import {
  APIGatewayClient,
  GetApiKeysCommand,
  GetAuthorizersCommand,
  GetDomainNamesCommand,
  GetGatewayResponsesCommand,
  GetModelCommand,
  GetRequestValidatorsCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetUsagePlansCommand,
  GetVpcLinksCommand,
  type Method,
} from '@aws-sdk/client-api-gateway';
import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { policy } from '../../../policy';
import type { Applied } from '../applied';
import { expectAccessLog } from './access-log';
import { expectAuthorizerFunction } from './authorizer';
import { routesByKey, shield } from './policy';

const OF_EACH_REFUSAL = {
  'Cache-Control': 'no-store',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
};

/** What a client that was let down is told: as the app would. */
const REFUSALS = {
  UNAUTHORIZED: {
    status: '401',
    headers: { 'WWW-Authenticate': 'Bearer realm="api"' },
    body: { error: 'unauthorized', message: 'Missing or invalid Authorization header' },
  },
  ACCESS_DENIED: {
    status: '403',
    headers: { 'WWW-Authenticate': 'Bearer realm="api", error="insufficient_scope"' },
    body: { error: 'insufficient_scope' },
  },
  MISSING_AUTHENTICATION_TOKEN: { status: '403', headers: {}, body: { error: 'forbidden' } },
  WAF_FILTERED: { status: '403', headers: {}, body: { error: 'forbidden' } },
  THROTTLED: {
    status: '429',
    headers: { 'Retry-After': '1' },
    body: { error: 'rate_limit_exceeded', retryAfter: 1 },
  },
};

export function describeRestGateway(applied: () => Applied): void {
  describe('the REST API', () => {
    it('has the methods of the policy and no other, so that the rest is denied', async () => {
      expect([...(await methods()).keys()].sort()).toEqual([...routesByKey(policy).keys()].sort());
    });

    it('asks its authorizer at every method that is not public, and for an API key at none', async () => {
      const [{ id } = {}] = await authorizers();
      expect(id).toBeDefined();
      for (const [key, { authorizationType, authorizerId, apiKeyRequired }] of await methods()) {
        const open = routesByKey(policy).get(key)?.public ?? false;
        expect({ key, authorizationType, authorizerId, apiKeyRequired }).toEqual({
          key,
          authorizationType: open ? 'NONE' : 'CUSTOM',
          authorizerId: open ? undefined : id,
          apiKeyRequired: false,
        });
      }
    });

    it('knows no API keys and no usage plans: the limiter decides', async () => {
      expect((await client().send(new GetApiKeysCommand())).items ?? []).toEqual([]);
      expect((await client().send(new GetUsagePlansCommand())).items ?? []).toEqual([]);
    });

    it('keeps an answer of its authorizer for a minute at most, by token', async () => {
      const [authorizer, ...others] = await authorizers();
      expect(others).toEqual([]);
      expect(authorizer).toMatchObject({
        type: 'REQUEST',
        identitySource: 'method.request.header.Authorization',
      });
      expect(authorizer?.authorizerResultTtlInSeconds).toBeLessThanOrEqual(60);
      await expectAuthorizerFunction(applied(), authorizer?.authorizerUri);
    });

    it('hands every method on to the service, over TLS to its name, by a link to its load balancer', async () => {
      const { items: links = [] } = await client().send(new GetVpcLinksCommand());
      const { LoadBalancers = [] } = await new ElasticLoadBalancingV2Client(applied().account.client).send(
        new DescribeLoadBalancersCommand(),
      );
      const balancer = LoadBalancers.find(({ Type }) => Type === 'network');
      expect(links).toMatchObject([{ targetArns: [balancer?.LoadBalancerArn] }]);
      for (const [key, { methodIntegration }] of await methods()) {
        expect(methodIntegration).toMatchObject({
          type: 'HTTP_PROXY',
          connectionType: 'VPC_LINK',
          uri: `https://${applied().environment.aws.domain}${key.slice(key.indexOf(' ') + 1)}`,
        });
      }
    });

    it('checks parameters everywhere, and bodies where the app insists on one', async () => {
      const { items: validators = [] } = await client().send(
        new GetRequestValidatorsCommand({ restApiId: await apiId() }),
      );
      expect(validators).toMatchObject([{ validateRequestBody: true, validateRequestParameters: true }]);
      const withBody: string[] = [];
      for (const [key, { requestValidatorId, requestModels, requestParameters }] of await methods()) {
        expect(requestValidatorId).toBe(validators[0]?.id);
        const named = [...key.matchAll(/\{(\w+)\}/g)].map(([, name]) => `method.request.path.${name ?? ''}`);
        expect(Object.keys(requestParameters ?? {})).toEqual(named);
        if (requestModels !== undefined) withBody.push(`${key} ${Object.keys(requestModels).join()}`);
      }
      expect(withBody).toEqual(['POST /api/transactions application/json']);
      const modelName = (await methods()).get('POST /api/transactions')?.requestModels?.['application/json'];
      const { schema } = await client().send(new GetModelCommand({ restApiId: await apiId(), modelName }));
      expect(JSON.parse(schema ?? '')).toMatchObject({
        additionalProperties: false,
        required: ['account', 'amountCents', 'currency', 'description'],
      });
    });

    it('refuses in the words and with the headers of the app', async () => {
      const { items = [] } = await client().send(
        new GetGatewayResponsesCommand({ restApiId: await apiId() }),
      );
      for (const [type, { status, headers, body }] of Object.entries(REFUSALS)) {
        const answer = items.find(({ responseType }) => responseType === type);
        expect(answer?.statusCode).toBe(status);
        expect(JSON.parse(answer?.responseTemplates?.['application/json'] ?? '')).toMatchObject(body);
        expect(answer?.responseParameters).toEqual(
          Object.fromEntries(
            Object.entries({ ...OF_EACH_REFUSAL, ...headers }).map(([name, value]) => [
              `gatewayresponse.header.${name}`,
              `'${value}'`,
            ]),
          ),
        );
      }
    });

    it('is throttled, traced, and logs who, over which TLS, how it ended and how long it took', async () => {
      const { accessLogSettings, methodSettings, tracingEnabled } = await client().send(
        new GetStageCommand({ restApiId: await apiId(), stageName: 'live' }),
      );
      const { rate, burst } = shield(policy, applied().environment.aws.busyClients);
      expect(methodSettings).toEqual({
        '*/*': expect.objectContaining({
          throttlingRateLimit: rate,
          throttlingBurstLimit: burst,
          loggingLevel: 'ERROR',
          // Would log headers and bodies.
          dataTraceEnabled: false,
        }) as unknown,
      });
      expect(tracingEnabled).toBe(true);
      const { destinationArn, format } = accessLogSettings ?? {};
      const line = await expectAccessLog(applied(), 'rest-api', destinationArn, format);
      expect(line.tlsVersion).toBe('$context.tlsVersion');
    });

    it('is called by its domain alone, over TLS 1.2 or newer', async () => {
      const { items: apis = [] } = await client().send(new GetRestApisCommand());
      expect(apis).toMatchObject([{ disableExecuteApiEndpoint: true }]);
      const { items: domains = [] } = await client().send(new GetDomainNamesCommand());
      const { domain, certificateArn } = applied().environment.aws;
      expect(domains).toMatchObject([
        { domainName: domain, regionalCertificateArn: certificateArn, securityPolicy: 'TLS_1_2' },
      ]);
    });

    const client = () => new APIGatewayClient(applied().account.client);

    async function apiId(): Promise<string> {
      const { items = [] } = await client().send(new GetRestApisCommand());
      return items[0]?.id ?? '';
    }

    async function authorizers() {
      const { items = [] } = await client().send(new GetAuthorizersCommand({ restApiId: await apiId() }));
      return items;
    }

    /** By `GET /path`. */
    async function methods(): Promise<Map<string, Method>> {
      const { items = [] } = await client().send(
        new GetResourcesCommand({ restApiId: await apiId(), embed: ['methods'] }),
      );
      return new Map(
        items.flatMap(({ path, resourceMethods = {} }) =>
          Object.entries(resourceMethods).map(([name, method]) => [`${name} ${path ?? ''}`, method]),
        ),
      );
    }
  });
}
