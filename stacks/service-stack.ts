import {
  ApiService,
  HttpApiGateway,
  REQUEST_ID_HEADER,
  RestApiGateway,
  storeAccess,
  webIdentityAccess,
  type Permission,
} from '@portcullis/constructs/aws';
import { IMAGE_DIGEST } from '@portcullis/constructs/github';
import { Fn } from 'cdktf';
import type { Construct } from 'constructs';
import { vaultNamesOf } from '../vault-names';
import { AwsStack, type AwsStackProps } from './aws-stack';
import { publish, published } from './contract';
import { awsNamesOf } from './aws-names';

export interface ServiceStackProps extends AwsStackProps {
  /** Digest of the image to deploy. @default the one that is deployed: a plan that is about something else keeps it */
  readonly imageDigest?: string | undefined;
}

/** The API of one environment, running behind an internal load balancer. */
export class ServiceStack extends AwsStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, 'service', props);
    const { policy, environment } = props;
    const { aws, login, postgres } = environment;
    const names = awsNamesOf(policy, environment);
    const redis = this.redis(props);
    const { registry, repository } = aws.image;
    const images = `${registry.account}.dkr.ecr.${registry.region}.amazonaws.com/${repository}`;
    const isGiven = props.imageDigest !== undefined;
    const imageDigest =
      props.imageDigest ??
      published(
        this,
        props,
        'service',
        ['imageDigest'],
        `no image is deployed that could be kept, name one by ${IMAGE_DIGEST}`,
      ).imageDigest;

    const service = new ApiService(this, 'api', {
      place: aws,
      network: aws,
      name: names.service,
      taskRole: names.taskRole,
      // A function of cdktf takes no text with another expression in it.
      image: isGiven ? `${images}@${imageDigest}` : Fn.join('@', [images, imageDigest]),
      registry,
      environment: {
        AWS_REGION: aws.region,
        TRUSTED_PROXIES: (aws.gateway === 'rest' ? RestApiGateway : HttpApiGateway).TRUSTED_PROXIES,
        REQUEST_ID_HEADER,
        VAULT_ADDR: aws.vaultAddress,
        VAULT_AWS_ROLE: vaultNamesOf(policy).serviceRole,
        VAULT_AWS_AUDIENCE: aws.vaultAddress,
        // The gateway in front of it is told the same.
        OIDC_ISSUER_URL: policy.issuer,
        OAUTH_CLIENT_ID: login.clientId,
        OAUTH_REDIRECT_URI: login.redirectUri,
        DATABASE_NAME: postgres.database,
        ...redis.variables,
        RELEASE: imageDigest,
      },
      permissions: [...redis.permissions, webIdentityAccess({ audience: aws.vaultAddress })],
      memberOf: redis.memberOf,
      database: { securityGroupId: aws.databaseSecurityGroupId, port: postgres.port },
      outwardPorts: [...new Set([aws.vaultAddress, policy.issuer].map(portOf)).add(443)],
      serverName: aws.domain,
      certificateArn: aws.certificateArn,
      cpu: aws.tasks.cpu,
      memory: aws.tasks.memory,
      tasks: aws.tasks,
      networkLoadBalancer: aws.gateway === 'rest',
      logs: this.logs(props, redis.logsKeyArn),
    });

    const [gatewaySecurityGroupId = ''] = service.securityGroupIds;
    const { listenerArn, networkLoadBalancerArn } = service;
    publish(this, props, 'service', {
      listenerArn,
      gatewaySecurityGroupId,
      imageDigest,
      ...(networkLoadBalancerArn !== undefined && { networkLoadBalancerArn }),
    });
  }

  /** Vault leases users of a self-run Redis. To ElastiCache the tasks sign in by their role. */
  private redis(props: AwsStackProps): RedisOfTasks & { readonly logsKeyArn: string } {
    const { policy, environment } = props;
    const { aws, redis } = environment;
    if (redis !== undefined) {
      const { logsKeyArn } = published(this, props, 'data', ['logsKeyArn']);
      return {
        variables: { REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) },
        permissions: [],
        memberOf: [aws.redisClientsSecurityGroupId ?? ''],
        logsKeyArn,
      };
    }
    const data = published(this, props, 'data', ['storeHost', 'storeClientsSecurityGroupId', 'logsKeyArn']);
    const names = awsNamesOf(policy, environment);
    return {
      variables: {
        REDIS_HOST: data.storeHost,
        ELASTICACHE_CACHE: names.store,
        ELASTICACHE_USER: names.storeUser,
      },
      permissions: [storeAccess(aws, { store: names.store, user: names.storeUser })],
      memberOf: [data.storeClientsSecurityGroupId],
      logsKeyArn: data.logsKeyArn,
    };
  }
}

/** What tasks need to reach their Redis. */
interface RedisOfTasks {
  readonly variables: Readonly<Record<string, string>>;
  readonly permissions: readonly Permission[];
  readonly memberOf: readonly string[];
}

const portOf = (url: string): number => Number(new URL(url).port || 443);
