import { ACMClient, RequestCertificateCommand } from '@aws-sdk/client-acm';
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { EngineCache } from '../../cli/src/engines/install/cache';
import type { Run } from '../../cli/src/engines/process/run';
import { startMoto } from '../support/moto';
import { findPythonProgram } from '../support/programs';
import type { AwsEnvironment } from '../../stacks/environments/define-environment';

/** An account of moto's, and what is to be applied to it. */
export interface Account {
  /** The settings of every client of the AWS SDK. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** The same for the provider. */
  readonly variables: NodeJS.ProcessEnv;
}

/** Whoever signs is let in. */
const credentials = { accessKeyId: 'edge', secretAccessKey: 'edge' };

/** Starts the account of an environment, with nothing in it. */
export async function startAccount(
  run: Run,
  { aws }: { readonly aws: Pick<AwsEnvironment['aws'], 'account' | 'region'> },
): Promise<Account> {
  const program = await findPythonProgram('moto', { run, cache: new EngineCache(), note: () => undefined });
  const { url } = await startMoto(run, { program, account: aws.account });
  return {
    client: { endpoint: url, region: aws.region, credentials },
    variables: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      // Nothing of the machine's own has a say.
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      // What moto lacks it answers with 500: 25 attempts, as many as the provider makes, take ten minutes.
      AWS_MAX_ATTEMPTS: '3',
    },
  };
}

/**
 * Makes what an environment takes as given: its network, its database's security group and its certificate.
 *
 * @returns the environment with the IDs that these got.
 */
export async function makeGiven(
  { client }: Account,
  { aws, ...environment }: AwsEnvironment,
): Promise<AwsEnvironment> {
  const ec2 = new EC2Client(client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const vpcId = Vpc?.VpcId ?? '';
  const privateSubnetIds = await Promise.all(
    ['a', 'b', 'c'].map(async (zone, index) => {
      const AvailabilityZone = `${aws.region}${zone}`;
      const CidrBlock = `10.0.${index}.0/24`;
      const { Subnet } = await ec2.send(
        new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, AvailabilityZone }),
      );
      return Subnet?.SubnetId ?? '';
    }),
  );
  const { GroupId: databaseSecurityGroupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: 'database', Description: 'Database' }),
  );
  const { CertificateArn: certificateArn = '' } = await new ACMClient(client).send(
    new RequestCertificateCommand({ DomainName: aws.domain }),
  );
  return {
    ...environment,
    aws: { ...aws, vpcId, privateSubnetIds, databaseSecurityGroupId, certificateArn },
  };
}
