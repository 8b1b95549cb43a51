import { ApiGatewayAuthorizer } from '@cdktf/provider-aws/lib/api-gateway-authorizer';
import { ApiGatewayBasePathMapping } from '@cdktf/provider-aws/lib/api-gateway-base-path-mapping';
import { ApiGatewayDeployment } from '@cdktf/provider-aws/lib/api-gateway-deployment';
import { ApiGatewayDomainName } from '@cdktf/provider-aws/lib/api-gateway-domain-name';
import { ApiGatewayMethodSettings } from '@cdktf/provider-aws/lib/api-gateway-method-settings';
import { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api';
import { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage';
import { authorizerConfiguration } from '@portcullis/runtime/authorizer';
import type { Problem } from '@portcullis/runtime/policy';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { createHash } from 'node:crypto';
import { knownAs, refuseProps } from '../../../core';
import { refuseCollisions } from '../../account/collisions';
import { madeAs, shown, within } from '../../../core/props/checks';
import { logGroup } from '../../account/log-group';
import type { AwsPlace } from '../../account/place';
import { REST_ACCESS_LOG_FORMAT } from '../access-log';
import { bodyProblems, type BodySchemas } from './body-schemas';
import type { GatewayLogging } from './gateway-account';
import { restCorsProblems } from '../cors';
import { SECURITY_POLICY } from '../domain';
import { gatewayNames } from '../names';
import { gatewayProblems, type GatewayProps } from '../props';
import { gatewayResponses, responsesOf } from './responses';
import { CACHE_SECONDS, LambdaAuthorizer } from '../../authorizer/lambda-authorizer';
import { restDefinition } from './definition';
import { linkProblems, restLink, type LinkedService } from './linked-service';
import { restInexpressible, restMethods } from './methods';
import { throttle } from '../throttle';
import { firewallProblems, requestsPerAddress, WebAcl, type FirewallOptions } from './firewall';

/** Properties of {@link RestApiGateway}. */
export interface RestApiGatewayProps extends GatewayProps {
  /** The service behind it, by its network load balancer. */
  readonly service: LinkedService;
  /** The account's setting that lets the stage log: a {@link GatewayAccount} of this stack, or one that is there. */
  readonly account: GatewayLogging;
  /**
   * JSON Schemas (draft 4) of request bodies, by route. A schema that is stricter than the app refuses what the app would
   * accept. @default the app alone checks bodies
   */
  readonly bodies?: BodySchemas;
  /** How the web ACL treats what its rules match. @default every rule blocks what it matches */
  readonly firewall?: FirewallOptions;
}

const STAGE = 'live';

/**
 * A REST API in front of the service, behind a web ACL of AWS WAF. Routes that the policy does not list have no method.
 * The app behind it decides again. With it come a Lambda authorizer, a VPC link, a deployment with its stage, access and
 * execution logs, and a custom domain name.
 *
 * The Lambda authorizer verifies tokens as the app does, and answers with the exact methods that a token's scopes
 * permit. So the gateway can use one answer for a minute, for every route.
 *
 * There are no API keys and no usage plans: the limiter alone decides who is limited to what. Where an answer of the app
 * has a `WWW-Authenticate` header, clients get it as `x-amzn-Remapped-WWW-Authenticate`. Refusals of the gateway itself
 * keep its name.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html
 *
 * @example
 * const gateway = new RestApiGateway(this, 'gateway', {
 *   place,
 *   environment: 'prod',
 *   policy,
 *   domain,
 *   busyClients: 20,
 *   service: {
 *     networkLoadBalancerArn:
 *       'arn:aws:elasticloadbalancing:eu-central-1:333333333333:loadbalancer/net/orders/0a1b2c3d4e5f6071',
 *     serverName: 'api.internal.example.com',
 *   },
 *   account: new GatewayAccount(this, 'gateway-account', { place }),
 *   logs,
 * });
 * new TerraformOutput(this, 'dns-record', { value: gateway.target });
 */
export class RestApiGateway extends Construct {
  /**
   * The proxies that tell the app who its client is, as its variable TRUSTED_PROXIES says it. In `X-Forwarded-For` a REST
   * API names its client, and the load balancer that speaks HTTP names the network load balancer in front of it.
   */
  static readonly TRUSTED_PROXIES = '2';

  readonly apiId: string;
  /** Origin that clients call. */
  readonly url: string;
  /** Host that the domain's DNS record has to point at. */
  readonly target: string;
  private readonly api: ApiGatewayRestApi;

  /**
   * @throws ConstructError `ERR_PROPS` with all problems at once.
   * @throws AuthOptionsError, PolicyError for the same reasons as {@link bundleAuthorizer}.
   */
  constructor(scope: Construct, id: string, props: RestApiGatewayProps) {
    super(scope, id);
    const { policy, bodies = {}, domain, service } = props;
    const configuration = authorizerConfiguration({ ...props.auth, policy });
    refuseProps(this, [
      ...restInexpressible(policy, configuration),
      ...restCorsProblems(policy),
      ...gatewayProblems(props, configuration),
      ...within('service', service, (given) => linkProblems(given, props.place)),
      ...accountProblems(this, props),
      ...bodyProblems(policy, bodies),
      ...firewallProblems(props.firewall),
    ]);
    const { gateway: name } = gatewayNames(props);
    knownAs(this, 'rest-api', name);
    refuseCollisions(this, props.place);

    this.api = new ApiGatewayRestApi(this, 'api', {
      name,
      endpointConfiguration: { types: ['REGIONAL'] },
      // It would take TLS 1.0, and clients could use it to go around whatever stands in front of the domain.
      disableExecuteApiEndpoint: true,
      lifecycle: { createBeforeDestroy: true },
    });
    this.apiId = this.api.id;
    this.url = `https://${domain.name}`;
    const methods = restMethods(policy, configuration);
    const authorizerId = this.authorizer(props);
    const responses = responsesOf(policy);
    const linkId = restLink(this, name, service);
    const deployed = [
      ...restDefinition(this, {
        api: this.api,
        methods,
        bodies,
        authorizerId,
        linkId,
        serverName: service.serverName,
      }),
      ...gatewayResponses(this, this.apiId, responses),
    ];
    const deployment = new ApiGatewayDeployment(this, 'deployment', {
      restApiId: this.apiId,
      // A deployment is a copy. A change that is not among the triggers reaches clients with the next deployment only.
      triggers: {
        definition: hashOf({ methods, bodies, responses }),
        authorizer: authorizerId,
        link: linkId,
        server: service.serverName,
      },
      lifecycle: { createBeforeDestroy: true },
      dependsOn: deployed,
    });
    const stage = this.stage(deployment, props);
    new WebAcl(this, 'firewall', {
      name,
      resourceArn: stage.arn,
      requestsPerAddress: requestsPerAddress(policy, props.busyClients),
      counted: props.firewall?.counted ?? [],
      logs: props.logs,
    });
    this.target = this.domain(stage, props);
  }

  private authorizer(props: RestApiGatewayProps): string {
    const { policy, auth, logs } = props;
    const { authorizer: name, authorizerRole: role } = gatewayNames(props);
    const fn = new LambdaAuthorizer(this, 'authorizer', {
      name,
      role,
      options: { ...auth, policy },
      logs,
    });
    const { id } = new ApiGatewayAuthorizer(this, 'lambda', {
      restApiId: this.apiId,
      name: 'lambda',
      type: 'REQUEST',
      authorizerUri: fn.invokeArn,
      identitySource: 'method.request.header.Authorization',
      authorizerResultTtlInSeconds: CACHE_SECONDS,
    });
    fn.grantInvoke(`${this.api.executionArn}/authorizers/${id}`);
    return id;
  }

  private stage(deployment: ApiGatewayDeployment, props: RestApiGatewayProps): ApiGatewayStage {
    const { policy, busyClients, logs, account } = props;
    // API Gateway writes its own errors to a log group of this name. Left to itself, it would make one without a key.
    const executions = logGroup(
      this,
      'execution-log',
      `API-Gateway-Execution-Logs_${this.apiId}/${STAGE}`,
      logs,
    );
    const stage = new ApiGatewayStage(this, 'stage', {
      restApiId: this.apiId,
      deploymentId: deployment.id,
      stageName: STAGE,
      xrayTracingEnabled: true,
      accessLogSettings: {
        destinationArn: logGroup(this, 'log', `/portcullis/${gatewayNames(props).gateway}/rest-api`, logs)
          .arn,
        format: REST_ACCESS_LOG_FORMAT,
      },
      dependsOn: [...(account.setting ? [account.setting] : []), executions],
    });
    // One setting for all routes: where one of them refuses nobody, so does it.
    const shadow = policy.routes.some((route) => route.shadow) ? true : undefined;
    const { rate, burst } = throttle(policy, { cost: 1, ...(shadow && { shadow }) }, busyClients);
    new ApiGatewayMethodSettings(this, 'settings', {
      restApiId: this.apiId,
      stageName: stage.stageName,
      methodPath: '*/*',
      settings: {
        metricsEnabled: true,
        loggingLevel: 'ERROR',
        // It would log headers and bodies.
        dataTraceEnabled: false,
        throttlingRateLimit: rate,
        throttlingBurstLimit: burst,
      },
    });
    return stage;
  }

  private domain(stage: ApiGatewayStage, { domain }: RestApiGatewayProps): string {
    const name = new ApiGatewayDomainName(this, 'domain', {
      domainName: domain.name,
      regionalCertificateArn: domain.certificateArn,
      endpointConfiguration: { types: ['REGIONAL'] },
      securityPolicy: SECURITY_POLICY,
    });
    new ApiGatewayBasePathMapping(this, 'mapping', {
      apiId: this.apiId,
      stageName: stage.stageName,
      domainName: name.domainName,
    });
    return name.regionalDomainName;
  }
}

function hashOf(definition: unknown): string {
  return createHash('sha256').update(JSON.stringify(definition)).digest('hex');
}

/** The stage depends on the account's setting, and a dependency ends at its stack. */
function accountProblems(scope: Construct, { account, place }: RestApiGatewayProps): Problem[] {
  const wrong = madeAs('account', account, 'setting', 'a GatewayAccount');
  if (wrong.length > 0) return wrong;
  const { region } = account.place;
  if (region !== (place as AwsPlace | undefined)?.region) {
    return [
      {
        path: 'account',
        message: `received one of ${shown(region)}; expected one of the gateway's own region`,
      },
    ];
  }
  const { setting } = account;
  if (!setting || TerraformStack.of(setting) === TerraformStack.of(scope)) return [];
  const { path } = TerraformStack.of(setting).node;
  return [
    { path: 'account', message: `received one of the stack ${path}; expected one of the gateway's own` },
  ];
}
