import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { HttpApiGateway, type HttpApiGatewayProps } from '@portcullis/constructs/aws';
import type { TerraformStack } from 'cdktf';
import { policy } from '../../../policy';

export const httpApiProps: HttpApiGatewayProps = {
  policy,
  auth: { algorithms: ['RS256'] },
  service: {
    listenerArn:
      'arn:aws:elasticloadbalancing:eu-central-1:333333333333:listener/app/fintech/0a1b2c3d4e5f6071/8192a3b4c5d6e7f8',
    serverName: 'api.internal.example.com',
    subnetIds: ['subnet-0a1b2c3d', 'subnet-4e5f6071'],
    securityGroupIds: ['sg-0a1b2c3d'],
  },
  busyClients: 20,
  logs: { retentionDays: 365, keyArn: 'arn:aws:kms:eu-central-1:333333333333:key/0a1b2c3d' },
};

export function httpApiIn(stack: TerraformStack, props: Partial<HttpApiGatewayProps> = {}): HttpApiGateway {
  new AwsProvider(stack, 'provider', {});
  return new HttpApiGateway(stack, 'gateway', { ...httpApiProps, ...props });
}
