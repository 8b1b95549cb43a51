import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { Run } from '../../cli/src/engines/process/run';
import { policy } from '../../policy';
import { awsNamesOf } from '../../stacks/aws-names';
import type { AwsEnvironment } from '../../stacks/environments/define-environment';
import { dev } from '../../stacks/environments/dev';
import { staging } from '../../stacks/environments/staging';
import { makeGiven, startAccount, type Account } from './account';
import { EdgeDeployment, PARTS } from './deployment';
import { AwsEngine } from './engine';
import { inventory } from './inventory';

const TIMEOUT_MS = 1_800_000;
const ACCOUNT = '444444444444';
const REGIONS = ['eu-central-1', 'eu-west-1'] as const;

/** The same account for all, which AWS tells apart by region where it does. */
const inAccount = (
  environment: AwsEnvironment,
  region: (typeof REGIONS)[number],
  gatewayAccount: AwsEnvironment['aws']['gatewayAccount'] = 'made here',
): AwsEnvironment => ({
  ...environment,
  aws: { ...environment.aws, account: ACCOUNT, region, gateway: 'rest', gatewayAccount },
});

const PLACES = {
  'one environment': inAccount(staging(), 'eu-central-1'),
  'another beside it': inAccount(dev(), 'eu-central-1', 'existing'),
  'the first in another region': inAccount(staging(), 'eu-west-1'),
};

type Name = keyof typeof PLACES;
const NAMES = Object.keys(PLACES) as Name[];

describe('one account of AWS', () => {
  let run: Run;
  let account: Account;
  let before: Record<string, string[]>[];
  const deployments = new Map<Name, { environment: AwsEnvironment; deployment: EdgeDeployment }>();

  const seenFrom = (region: string): Account => ({ ...account, client: { ...account.client, region } });
  const inventories = () => Promise.all(REGIONS.map((region) => inventory(seenFrom(region))));
  const pending = async (): Promise<string[]> => {
    const lines: string[] = [];
    for (const [name, { deployment }] of deployments) {
      for (const part of PARTS) {
        const changes = await deployment.pendingChanges(part);
        lines.push(...changes.map((change) => `${name}: ${change}`));
      }
    }
    return lines;
  };

  beforeAll(async () => {
    run = await Run.open();
    account = await startAccount(run, { aws: { account: ACCOUNT, region: REGIONS[0] } });
    const engine = await AwsEngine.open(run, account);
    for (const name of NAMES) {
      const environment = await makeGiven(seenFrom(PLACES[name].aws.region), PLACES[name]);
      const deployment = await EdgeDeployment.by(engine, run, environment);
      deployments.set(name, { environment, deployment });
    }
    before = await inventories();
  }, TIMEOUT_MS);

  afterAll(() => run.close(), 30_000);

  it(
    'holds two environments, and one of them in a second region',
    async () => {
      for (const { deployment } of deployments.values()) {
        for (const part of PARTS) {
          await deployment.initialize(part);
          await deployment.leaveOut(part);
          await deployment.apply(part);
        }
      }
      // Whoever came later changed nothing of who was there before.
      expect(await pending()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it('gives each its own role, by which Vault tells them apart', async () => {
    const iam = new IAMClient(account.client);
    const roles = [...deployments.values()].map(
      ({ environment }) => awsNamesOf(policy, environment).taskRole,
    );
    expect(new Set(roles).size).toBe(NAMES.length);
    for (const RoleName of roles) {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      expect(Role?.RoleName).toBe(RoleName);
    }
  });

  it(
    'loses nothing of one when another is destroyed, and nothing is left of all',
    async () => {
      for (const name of [...NAMES].reverse()) {
        const { deployment } = deployments.get(name)!;
        for (const part of [...PARTS].reverse()) await deployment.destroy(part);
        deployments.delete(name);
        expect(await pending()).toEqual([]);
      }
      expect(await inventories()).toEqual(before);
    },
    TIMEOUT_MS,
  );
});
