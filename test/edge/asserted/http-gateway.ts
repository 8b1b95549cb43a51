import {
  ApiGatewayV2Client,
  GetApisCommand,
  GetAuthorizerCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStageCommand,
  GetVpcLinksCommand,
} from '@aws-sdk/client-apigatewayv2';
import { policy } from '../../../policy';
import type { Applied } from '../applied';
import { expectAuthorizerFunction } from './authorizer';
import { expectAccessLog } from './access-log';
import { routesByKey, shield } from './policy';

export function describeHttpGateway(applied: () => Applied): void {
  describe('the HTTP API', () => {
    it('has the routes of the policy and no other, so that the rest is denied', async () => {
      const routes = await made();
      expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual([...routesByKey(policy).keys()].sort());
    });

    it('asks its authorizer at every route that is not public', async () => {
      const routes = await made();
      const [authorizerId] = routes.flatMap(({ AuthorizerId }) => AuthorizerId ?? []);
      expect(authorizerId).toBeDefined();
      for (const { RouteKey = '', AuthorizationType, AuthorizerId, ApiKeyRequired } of routes) {
        const open = routesByKey(policy).get(RouteKey)?.public ?? false;
        expect({
          RouteKey,
          AuthorizationType,
          AuthorizerId,
          ApiKeyRequired: ApiKeyRequired ?? false,
        }).toEqual({
          RouteKey,
          AuthorizationType: open ? 'NONE' : 'CUSTOM',
          AuthorizerId: open ? undefined : authorizerId,
          ApiKeyRequired: false,
        });
      }
    });

    it('keeps an answer of its authorizer for a minute at most, by token and by route', async () => {
      const [AuthorizerId] = (await made()).flatMap((route) => route.AuthorizerId ?? []);
      const authorizer = await client().send(
        new GetAuthorizerCommand({ ApiId: await apiId(), AuthorizerId }),
      );
      expect(authorizer).toMatchObject({
        AuthorizerType: 'REQUEST',
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        IdentitySource: ['$request.header.Authorization', '$context.routeKey'],
      });
      expect(authorizer.AuthorizerResultTtlInSeconds).toBeLessThanOrEqual(60);
      await expectAuthorizerFunction(applied(), authorizer.AuthorizerUri);
    });

    it('hands every route on to the service, over TLS to its name, by a link from inside', async () => {
      const { Items: links = [] } = await client().send(new GetVpcLinksCommand());
      const { domain, privateSubnetIds } = applied().environment.aws;
      expect(links).toHaveLength(1);
      expect(new Set(links[0]?.SubnetIds)).toEqual(new Set(privateSubnetIds));
      expect(links[0]?.SecurityGroupIds).toHaveLength(1);
      const { Items: integrations = [] } = await client().send(
        new GetIntegrationsCommand({ ApiId: await apiId() }),
      );
      expect(integrations).toMatchObject([
        {
          IntegrationType: 'HTTP_PROXY',
          ConnectionType: 'VPC_LINK',
          ConnectionId: links[0]?.VpcLinkId,
          IntegrationUri: expect.stringMatching(/:listener\/app\//) as string,
          TlsConfig: { ServerNameToVerify: domain },
        },
      ]);
      const target = `integrations/${integrations[0]?.IntegrationId ?? ''}`;
      expect(new Set((await made()).map(({ Target }) => Target))).toEqual(new Set([target]));
    });

    it('is throttled as a whole and by route, and logs who, how it ended and how long it took', async () => {
      const stage = await client().send(new GetStageCommand({ ApiId: await apiId(), StageName: '$default' }));
      const { busyClients } = applied().environment.aws;
      const expected = (cost?: number) => {
        const { rate, burst } = shield(policy, busyClients, cost);
        return { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst };
      };
      expect(stage.DefaultRouteSettings).toMatchObject(expected());
      for (const [key, { cost }] of routesByKey(policy)) {
        expect(stage.RouteSettings?.[key]).toMatchObject(expected(cost));
      }
      const { DestinationArn, Format } = stage.AccessLogSettings ?? {};
      await expectAccessLog(applied(), 'http-api', DestinationArn, Format);
    });

    it('is called by its domain alone, which is planned to speak TLS 1.2 or newer', async () => {
      const { Items: apis = [] } = await client().send(new GetApisCommand());
      expect(apis).toMatchObject([{ ProtocolType: 'HTTP', DisableExecuteApiEndpoint: true }]);
      const { domain, certificateArn } = applied().environment.aws;
      expect(applied().planned('aws_apigatewayv2_domain_name')).toMatchObject([
        {
          domain_name: domain,
          domain_name_configuration: [{ certificate_arn: certificateArn, security_policy: 'TLS_1_2' }],
        },
      ]);
    });

    const client = () => new ApiGatewayV2Client(applied().account.client);

    async function apiId(): Promise<string> {
      const { Items = [] } = await client().send(new GetApisCommand());
      return Items[0]?.ApiId ?? '';
    }

    async function made() {
      const { Items = [] } = await client().send(new GetRoutesCommand({ ApiId: await apiId() }));
      return Items;
    }
  });
}
