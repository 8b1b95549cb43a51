import { EncryptionKey, RateLimitStore } from '@portcullis/constructs/aws';
import type { Construct } from 'constructs';
import { AwsStack, type AwsStackProps } from './aws-stack';
import { publish } from './contract';
import { awsNamesOf } from './aws-names';

/**
 * What the API of one environment stores: the counters of its rate limits, unless its Redis is self-run, and logs. Its
 * database exists already.
 */
export class DataStack extends AwsStack {
  constructor(scope: Construct, props: AwsStackProps) {
    super(scope, 'data', props);
    const { policy, environment } = props;
    const { aws } = environment;
    const names = awsNamesOf(policy, environment);
    const logsKey = new EncryptionKey(this, 'logs-key', {
      place: aws,
      name: names.logsKey,
      description: `Logs of ${policy.name}, ${environment.name}`,
      encrypts: 'logs',
      preventDestroy: !environment.disposable,
    });
    const store =
      aws.store &&
      new RateLimitStore(this, 'store', {
        place: aws,
        network: aws,
        name: names.store,
        user: names.storeUser,
        ...aws.store,
        preventDestroy: !environment.disposable,
        logs: this.logs(props, logsKey.arn),
      });
    publish(this, props, 'data', {
      ...(store && {
        storeHost: store.host,
        storeClientsSecurityGroupId: store.clientsSecurityGroupId,
      }),
      logsKeyArn: logsKey.arn,
    });
  }
}
