import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { Apigatewayv2ApiMapping } from '@cdktf/provider-aws/lib/apigatewayv2-api-mapping';
import { Apigatewayv2Authorizer } from '@cdktf/provider-aws/lib/apigatewayv2-authorizer';
import { Apigatewayv2DomainName } from '@cdktf/provider-aws/lib/apigatewayv2-domain-name';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage';
import {
  authorizerConfiguration,
  type AuthorizerConfiguration,
  type AuthorizerOptions,
} from '@portcullis/runtime/authorizer';
import { Construct } from 'constructs';
import { knownAs, literal, refuseProps } from '../../../core';
import { refuseCollisions } from '../../account/collisions';
import { within } from '../../../core/props/checks';
import { logGroup } from '../../account/log-group';
import { httpAccessLogFormat } from '../access-log';
import { httpApiCors } from '../cors';
import { SECURITY_POLICY } from '../domain';
import { gatewayNames } from '../names';
import { gatewayProblems, type GatewayProps } from '../props';
import { httpRoutes, inexpressible, type HttpAuthorization } from './routes';
import { CACHE_SECONDS, LambdaAuthorizer } from '../../authorizer/lambda-authorizer';
import { integrate, serviceProblems, strayProblems, type PrivateService } from './private-service';
import { throttle } from '../throttle';

/** Properties of {@link HttpApiGateway}. */
export interface HttpApiGatewayProps extends GatewayProps {
  /**
   * Options of the app's `requireAuth()`, so that both verify alike. API Gateway's own JWT authorizer takes one issuer,
   * and RS256, RS384 or RS512. Unless `algorithms` says so, the Lambda authorizer decides about every route.
   *
   * @default the policy's issuer and audience, and the algorithms that the runtime accepts
   */
  readonly auth?: Omit<AuthorizerOptions, 'policy'>;
  /** The service behind it, by its listener. */
  readonly service: PrivateService;
}

/**
 * An HTTP API in front of the service. It lets through what the policy lists, to those who may call it, and denies the
 * rest: there is no `$default` route. The app behind it decides again. With it come a VPC link, authorizers, a stage
 * with an access log and throttles, and a custom domain name.
 *
 * API Gateway's own JWT authorizer allows no difference between clocks, and routes are matched with their case and
 * their trailing slash.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
 *
 * @example
 * const gateway = new HttpApiGateway(this, 'gateway', {
 *   place,
 *   environment: 'prod',
 *   policy,
 *   domain,
 *   busyClients: 20,
 *   service: {
 *     listenerArn:
 *       'arn:aws:elasticloadbalancing:eu-central-1:333333333333:listener/app/orders/0a1b2c3d4e5f6071/8192a3b4c5d6e7f8',
 *     serverName: 'api.internal.example.com',
 *     subnetIds: network.privateSubnetIds,
 *     securityGroupIds: ['sg-0a1b2c3d'],
 *   },
 *   logs,
 * });
 * new TerraformOutput(this, 'dns-record', { value: gateway.target });
 */
export class HttpApiGateway extends Construct {
  /**
   * The proxies that tell the app who its client is, as its variable TRUSTED_PROXIES says it. An HTTP API writes
   * `Forwarded` (RFC 7239), not `X-Forwarded-For`; the load balancer passes that on.
   */
  static readonly TRUSTED_PROXIES = 'forwarded:1';

  readonly apiId: string;
  /** Origin that clients call. */
  readonly url: string;
  /** Host that the domain's DNS record has to point at. */
  readonly target: string;
  private readonly api: Apigatewayv2Api;

  /**
   * @throws ConstructError `ERR_PROPS` with all problems at once.
   * @throws AuthOptionsError, PolicyError for the same reasons as {@link bundleAuthorizer}.
   */
  constructor(scope: Construct, id: string, props: HttpApiGatewayProps) {
    super(scope, id);
    const { policy, logs, busyClients } = props;
    const configuration = authorizerConfiguration({ ...props.auth, policy });
    refuseProps(this, [
      ...inexpressible(policy, configuration),
      ...gatewayProblems(props, configuration),
      ...within('service', props.service, (service) => [
        ...serviceProblems(service, props.place),
        ...strayProblems(
          service.paths,
          httpRoutes(policy, configuration).map(({ routeKey }) => routeKey.slice(routeKey.indexOf(' ') + 1)),
        ),
      ]),
    ]);
    const { gateway: name } = gatewayNames(props);
    knownAs(this, 'http-api', name);
    refuseCollisions(this, props.place);

    const corsConfiguration = httpApiCors(policy);
    this.api = new Apigatewayv2Api(this, 'api', {
      name,
      protocolType: 'HTTP',
      // Clients could use it to go around whatever stands in front of the domain.
      disableExecuteApiEndpoint: true,
      ...(corsConfiguration && { corsConfiguration }),
    });
    this.apiId = this.api.id;
    this.url = `https://${props.domain.name}`;
    const target = integrate(this, name, this.apiId, props.service);
    const planned = httpRoutes(policy, configuration);
    const asks = (kind: HttpAuthorization): boolean =>
      planned.some(({ authorization }) => authorization === kind);
    const [issuer] = asks('JWT') ? configuration.issuers : [];
    const authorizers: Record<HttpAuthorization, { authorizerId?: string }> = {
      NONE: {},
      JWT: issuer ? { authorizerId: this.jwtAuthorizer(issuer) } : {},
      CUSTOM: asks('CUSTOM') ? { authorizerId: this.lambdaAuthorizer(props) } : {},
    };

    const routeSettings = planned.map(({ routeKey, authorization, route }) => {
      // A slash in an ID would be taken for a path in the construct tree.
      const made = new Apigatewayv2Route(this, routeKey.replaceAll('/', '|'), {
        apiId: this.apiId,
        routeKey,
        target,
        authorizationType: authorization,
        ...authorizers[authorization],
        ...(authorization === 'JWT' &&
          route.scopes.length > 0 && { authorizationScopes: route.scopes.map(literal) }),
      });
      // By reference: a stage can only set routes that exist.
      return { routeKey: made.routeKey, ...throttling(throttle(policy, route, busyClients)) };
    });
    const stage = new Apigatewayv2Stage(this, 'stage', {
      apiId: this.apiId,
      name: '$default',
      autoDeploy: true,
      defaultRouteSettings: throttling(throttle(policy, { cost: 1 }, busyClients)),
      routeSettings,
      accessLogSettings: {
        destinationArn: logGroup(this, 'log', `/portcullis/${name}/http-api`, logs).arn,
        format: httpAccessLogFormat(issuer),
      },
    });
    this.target = this.domain(stage, props);
  }

  private jwtAuthorizer({ issuer, audiences }: AuthorizerConfiguration['issuers'][number]): string {
    return new Apigatewayv2Authorizer(this, 'jwt', {
      apiId: this.apiId,
      name: 'jwt',
      authorizerType: 'JWT',
      identitySources: ['$request.header.Authorization'],
      jwtConfiguration: { issuer: literal(issuer), audience: audiences.map(literal) },
    }).id;
  }

  private lambdaAuthorizer(props: HttpApiGatewayProps): string {
    const { policy, auth, logs } = props;
    const { authorizer: name, authorizerRole: role } = gatewayNames(props);
    const fn = new LambdaAuthorizer(this, 'authorizer', {
      name,
      role,
      options: { ...auth, policy },
      logs,
    });
    const { id } = new Apigatewayv2Authorizer(this, 'lambda', {
      apiId: this.apiId,
      name: 'lambda',
      authorizerType: 'REQUEST',
      authorizerUri: fn.invokeArn,
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: true,
      // Without the route among them, the cached answer for one route would serve every route that the token calls.
      identitySources: ['$request.header.Authorization', '$context.routeKey'],
      authorizerResultTtlInSeconds: CACHE_SECONDS,
    });
    fn.grantInvoke(`${this.api.executionArn}/authorizers/${id}`);
    return id;
  }

  private domain(stage: Apigatewayv2Stage, { domain }: HttpApiGatewayProps): string {
    const name = new Apigatewayv2DomainName(this, 'domain', {
      domainName: domain.name,
      domainNameConfiguration: {
        certificateArn: domain.certificateArn,
        endpointType: 'REGIONAL',
        securityPolicy: SECURITY_POLICY,
      },
    });
    new Apigatewayv2ApiMapping(this, 'mapping', {
      apiId: this.apiId,
      domainName: name.domainName,
      stage: stage.name,
    });
    return name.domainNameConfiguration.targetDomainName;
  }
}

function throttling({ rate, burst }: ReturnType<typeof throttle>): {
  throttlingRateLimit: number;
  throttlingBurstLimit: number;
} {
  return { throttlingRateLimit: rate, throttlingBurstLimit: burst };
}
