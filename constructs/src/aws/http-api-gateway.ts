import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { Apigatewayv2Authorizer } from '@cdktf/provider-aws/lib/apigatewayv2-authorizer';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage';
import {
  authorizerConfiguration,
  type AuthorizerConfiguration,
  type AuthorizerOptions,
} from '@portcullis/runtime/authorizer';
import type { Policy, Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { literal, refuseProps } from '../core';
import { httpAccessLogFormat, logGroup, logProblems, type LogOptions } from './access-log';
import { httpRoutes, inexpressible, type HttpAuthorization } from './http-routes';
import { LambdaAuthorizer } from './lambda-authorizer';
import { integrate, serviceProblems, type PrivateService } from './private-service';
import { throttle } from './throttle';

export interface HttpApiGatewayProps {
  readonly policy: Policy;
  /**
   * As the app's `requireAuth()` has them. API Gateway's own JWT authorizer takes one issuer and RS256, RS384 or
   * RS512: say so in `algorithms`, or the Lambda authorizer decides about every route.
   */
  readonly auth?: Omit<AuthorizerOptions, 'policy'>;
  readonly service: PrivateService;
  /** How many clients of the largest tier may be at their limit at once before the gateway throttles. */
  readonly busyClients: number;
  readonly logs: LogOptions;
}

/** Longest name of a function and of a role. */
const LONGEST_NAME = 64;
/** For how long the gateway may go on with an answer of the authorizer's. */
const CACHE_SECONDS = 60;

/**
 * An HTTP API in front of the service that lets through what the policy lists, to those who may call it, and
 * denies the rest: there is no `$default` route. The app behind it decides again. API Gateway's own JWT
 * authorizer has no tolerance for clocks that differ and every route is matched with case and trailing slash.
 *
 * Synthesized only: nothing here applies it to an account.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
 */
export class HttpApiGateway extends Construct {
  readonly apiId: string;
  /** Where clients call it. */
  readonly url: string;
  private readonly api: Apigatewayv2Api;

  /**
   * @throws ConstructError `ERR_PROPS` with everything that is wrong at once.
   * @throws AuthOptionsError, PolicyError as {@link authorizerConfiguration} does.
   */
  constructor(scope: Construct, id: string, props: HttpApiGatewayProps) {
    super(scope, id);
    const { policy, logs, busyClients } = props;
    const configuration = authorizerConfiguration({ ...props.auth, policy });
    const name = authorizerName(policy);
    refuseProps(this, problemsOf(props, configuration, name));

    this.api = new Apigatewayv2Api(this, 'api', { name: policy.name, protocolType: 'HTTP' });
    this.apiId = this.api.id;
    this.url = this.api.apiEndpoint;
    const target = integrate(this, policy.name, this.apiId, props.service);
    const planned = httpRoutes(policy, configuration);
    const asks = (kind: HttpAuthorization): boolean =>
      planned.some(({ authorization }) => authorization === kind);
    const [issuer] = asks('JWT') ? configuration.issuers : [];
    const authorizers: Record<HttpAuthorization, { authorizerId?: string }> = {
      NONE: {},
      JWT: issuer ? { authorizerId: this.jwtAuthorizer(issuer) } : {},
      CUSTOM: asks('CUSTOM') ? { authorizerId: this.lambdaAuthorizer(name, props) } : {},
    };

    const routeSettings = planned.map(({ routeKey, authorization, route }) => {
      // A path in an ID would be taken for one of constructs.
      const made = new Apigatewayv2Route(this, routeKey.replaceAll('/', '|'), {
        apiId: this.apiId,
        routeKey,
        target,
        authorizationType: authorization,
        ...authorizers[authorization],
        ...(authorization === 'JWT' &&
          route.scopes.length > 0 && { authorizationScopes: route.scopes.map(literal) }),
      });
      // By reference: a stage can set only what is there.
      return { routeKey: made.routeKey, ...throttling(throttle(policy, route, busyClients)) };
    });
    new Apigatewayv2Stage(this, 'stage', {
      apiId: this.apiId,
      name: '$default',
      autoDeploy: true,
      defaultRouteSettings: throttling(throttle(policy, { cost: 1 }, busyClients)),
      routeSettings,
      accessLogSettings: {
        destinationArn: logGroup(this, 'log', `/portcullis/${policy.name}/http-api`, logs).arn,
        format: httpAccessLogFormat(issuer),
      },
    });
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

  private lambdaAuthorizer(name: string, { policy, auth, logs }: HttpApiGatewayProps): string {
    const fn = new LambdaAuthorizer(this, 'authorizer', { name, options: { ...auth, policy }, logs });
    const { id } = new Apigatewayv2Authorizer(this, 'lambda', {
      apiId: this.apiId,
      name: 'lambda',
      authorizerType: 'REQUEST',
      authorizerUri: fn.invokeArn,
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: true,
      // The route is one, or an answer for one route would serve all of the token's.
      identitySources: ['$request.header.Authorization', '$context.routeKey'],
      authorizerResultTtlInSeconds: CACHE_SECONDS,
    });
    fn.grantInvoke(`${this.api.executionArn}/authorizers/${id}`);
    return id;
  }
}

function authorizerName({ name }: Policy): string {
  return `${name}-authorizer`;
}

function throttling({ rate, burst }: ReturnType<typeof throttle>): {
  throttlingRateLimit: number;
  throttlingBurstLimit: number;
} {
  return { throttlingRateLimit: rate, throttlingBurstLimit: burst };
}

function problemsOf(
  { policy, service, busyClients, logs }: HttpApiGatewayProps,
  configuration: AuthorizerConfiguration,
  name: string,
): Problem[] {
  const problem = (wrong: boolean, path: string, message: string): Problem[] =>
    wrong ? [{ path, message }] : [];
  return [
    ...inexpressible(policy, configuration),
    ...problem(
      name.length > LONGEST_NAME,
      'policy.name',
      `received ${JSON.stringify(policy.name)}; "${name}" has to fit into ${LONGEST_NAME} characters`,
    ),
    ...configuration.issuers.flatMap(({ issuer }) =>
      problem(
        !issuer.startsWith('https://'),
        'policy.issuer',
        `received ${JSON.stringify(issuer)}; expected an https: URL that AWS can reach`,
      ),
    ),
    ...serviceProblems(service),
    ...problem(
      !(Number.isSafeInteger(busyClients) && busyClients > 0),
      'busyClients',
      `received ${busyClients}; expected a whole number above zero`,
    ),
    ...logProblems(logs),
  ];
}
