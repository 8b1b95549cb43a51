import {
  ApiService,
  HttpApiGateway,
  RestApiGateway,
  storeAccess,
  webIdentityAccess,
} from '@portcullis/constructs/aws';
import type { Construct } from 'constructs';
import { vaultNamesOf } from '../vault-names';
import { AwsStack, type AwsStackProps } from './aws-stack';
import { publish, published } from './contract';
import { awsNamesOf } from './aws-names';

/** The API of one environment, running behind an internal load balancer. */
export class ServiceStack extends AwsStack {
  constructor(scope: Construct, props: AwsStackProps) {
    super(scope, 'service', props);
    const { policy, environment } = props;
    const { aws, postgres } = environment;
    const names = awsNamesOf(policy, environment);
    const data = published(this, props, 'data', ['storeHost', 'storeClientsSecurityGroupId', 'logsKeyArn']);
    const vault = new URL(aws.vaultAddress);

    const service = new ApiService(this, 'api', {
      place: aws,
      network: aws,
      name: names.service,
      taskRole: names.taskRole,
      image: `${aws.account}.dkr.ecr.${aws.region}.amazonaws.com/${aws.image.repository}@${aws.image.digest}`,
      environment: {
        AWS_REGION: aws.region,
        TRUSTED_PROXIES: (aws.gateway === 'rest' ? RestApiGateway : HttpApiGateway).TRUSTED_PROXIES,
        VAULT_ADDR: aws.vaultAddress,
        VAULT_AWS_ROLE: vaultNamesOf(policy).serviceRole,
        VAULT_AWS_AUDIENCE: aws.vaultAddress,
        DATABASE_NAME: postgres.database,
        REDIS_HOST: data.storeHost,
        ELASTICACHE_CACHE: names.store,
        ELASTICACHE_USER: names.storeUser,
        RELEASE: names.release,
      },
      permissions: [
        storeAccess(aws, { store: names.store, user: names.storeUser }),
        webIdentityAccess({ audience: aws.vaultAddress }),
      ],
      memberOf: [data.storeClientsSecurityGroupId],
      database: { securityGroupId: aws.databaseSecurityGroupId, port: postgres.port },
      outwardPorts: [...new Set([443, Number(vault.port || 443)])],
      serverName: aws.domain,
      certificateArn: aws.certificateArn,
      cpu: aws.tasks.cpu,
      memory: aws.tasks.memory,
      tasks: aws.tasks,
      networkLoadBalancer: aws.gateway === 'rest',
      logs: this.logs(props, data.logsKeyArn),
    });

    const [gatewaySecurityGroupId = ''] = service.securityGroupIds;
    const { listenerArn, networkLoadBalancerArn } = service;
    publish(this, props, 'service', {
      listenerArn,
      gatewaySecurityGroupId,
      ...(networkLoadBalancerArn !== undefined && { networkLoadBalancerArn }),
    });
  }
}
