import type { Construct } from 'constructs';
import { AwsStack, type AwsStackProps } from './aws-stack';

/** The API of one environment, running behind an internal load balancer. */
export class ServiceStack extends AwsStack {
  constructor(scope: Construct, props: AwsStackProps) {
    super(scope, 'service', props);
  }
}
