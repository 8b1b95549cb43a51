import type { Construct } from 'constructs';
import { AwsStack, type AwsStackProps } from './aws-stack';

/** What the API of one environment keeps: the counters of its rate limits. Its database is there already. */
export class DataStack extends AwsStack {
  constructor(scope: Construct, props: AwsStackProps) {
    super(scope, 'data', props);
  }
}
