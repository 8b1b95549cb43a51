import { policy } from '../../policy';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Run } from '../../cli/src/engines/process/run';
import { parameter, type Contract } from '../../stacks/contract';
import type { AwsEnvironment } from '../../stacks/environments/define-environment';
import { startAccount, type Account } from './account';
import { EdgeDeployment, IMAGE_DIGEST, PARTS } from './deployment';

const TIMEOUT_MS = 600_000;

/** What tests of plans look at. */
export interface Planned {
  readonly run: Run;
  readonly environment: AwsEnvironment;
  /** Files of the plans of its stacks, as `show -json` writes them: whole, moto having no say in them. */
  readonly plans: readonly string[];
}

/** Plans the stacks of an environment for an account in which nothing of them is, and has `tests` look at the plans. */
export function describePlanned(
  environmentOf: () => AwsEnvironment,
  tests: (planned: () => Planned) => void,
): void {
  describe(`${environmentOf().name}, planned`, () => {
    let run: Run;
    let planned: Planned;

    beforeAll(async () => {
      const environment = environmentOf();
      run = await Run.open();
      const account = await startAccount(run, environment);
      await tell(account, environment);
      const deployment = await EdgeDeployment.open(run, account, environment);
      const plans: string[] = [];
      for (const part of PARTS) plans.push(await deployment.plan(part));
      planned = { run, environment, plans };
    }, TIMEOUT_MS);

    afterAll(() => run.close(), 30_000);

    tests(() => planned);
  });
}

/** Has every stack told already what others ask: what a plan does not know yet, checkov takes for missing. */
async function tell({ client }: Account, environment: AwsEnvironment): Promise<void> {
  const { aws } = environment;
  const arn = (service: string, resource: string) =>
    `arn:aws:${service}:${aws.region}:${aws.account}:${resource}`;
  const told: { [Part in keyof Contract]: Required<Contract[Part]> } = {
    data: {
      storeHost: 'store.invalid',
      storeClientsSecurityGroupId: 'sg-00000000000000001',
      logsKeyArn: arn('kms', 'key/00000000-0000-4000-8000-000000000000'),
    },
    service: {
      listenerArn: arn('elasticloadbalancing', 'listener/app/told/0/0'),
      gatewaySecurityGroupId: 'sg-00000000000000002',
      networkLoadBalancerArn: arn('elasticloadbalancing', 'loadbalancer/net/told/0'),
      imageDigest: IMAGE_DIGEST,
    },
  };
  const ssm = new SSMClient(client);
  for (const part of ['data', 'service'] as const) {
    for (const [name, Value] of Object.entries(told[part])) {
      const Name = parameter({ policy, environment }, part, name);
      await ssm.send(new PutParameterCommand({ Name, Type: 'String', Value }));
    }
  }
}
