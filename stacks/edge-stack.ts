import {
  GatewayAccount,
  HttpApiGateway,
  RestApiGateway,
  type BodySchemas,
  type GatewayProps,
} from '@portcullis/constructs/aws';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { AwsStack, type AwsStackProps } from './aws-stack';
import { published } from './contract';

export interface EdgeStackProps extends AwsStackProps {
  /** JSON Schemas of request bodies. A gateway of the kind `rest` checks them. */
  readonly bodies: BodySchemas;
}

/** The gateway in front of the service of one environment, of the kind that the environment's file names. */
export class EdgeStack extends AwsStack {
  constructor(scope: Construct, props: EdgeStackProps) {
    super(scope, 'edge', props);
    const gateway = props.environment.aws.gateway === 'rest' ? this.restApi(props) : this.httpApi(props);
    new TerraformOutput(this, 'domain-target', {
      value: gateway.target,
      description: "what the domain's DNS record has to point at",
    });
  }

  private httpApi(props: EdgeStackProps): HttpApiGateway {
    const { aws } = props.environment;
    const { listenerArn, gatewaySecurityGroupId } = published(this, props, 'service', [
      'listenerArn',
      'gatewaySecurityGroupId',
    ]);
    return new HttpApiGateway(this, 'gateway', {
      ...this.gatewayProps(props),
      service: {
        listenerArn,
        serverName: aws.domain,
        subnetIds: aws.privateSubnetIds,
        securityGroupIds: [gatewaySecurityGroupId],
      },
    });
  }

  private restApi(props: EdgeStackProps): RestApiGateway {
    const { bodies } = props;
    const { aws } = props.environment;
    const { networkLoadBalancerArn } = published(this, props, 'service', ['networkLoadBalancerArn']);
    return new RestApiGateway(this, 'gateway', {
      ...this.gatewayProps(props),
      service: { networkLoadBalancerArn, serverName: aws.domain },
      account:
        aws.gatewayAccount === 'existing'
          ? GatewayAccount.at(aws)
          : new GatewayAccount(this, 'account', { place: aws }),
      bodies,
    });
  }

  private gatewayProps(props: EdgeStackProps): GatewayProps {
    const { policy, environment } = props;
    const { aws } = environment;
    const { logsKeyArn } = published(this, props, 'data', ['logsKeyArn']);
    return {
      place: aws,
      environment: environment.name,
      // Without `auth` it accepts what the app accepts by default, ES256 too: so the Lambda authorizer decides.
      policy,
      domain: { name: aws.domain, certificateArn: aws.certificateArn },
      busyClients: aws.busyClients,
      logs: this.logs(props, logsKeyArn),
    };
  }
}
