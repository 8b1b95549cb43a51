/** The shop's network and services in one account of AWS (moto), by the real provider: two environments, nothing of them known before. */
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { engineEnvironment, findOpenTofu } from '../../cli/src/engines/programs/opentofu';
import { VAULT_PROVIDER, provideProviders } from '../../cli/src/engines/programs/providers';
import { Run } from '../../cli/src/engines/process/run';
import { startAccount, type Account } from '../edge/account';
import { inventory } from '../edge/inventory';
import { LEFT_OUT } from '../edge/left-out';
import { AWS_PROVIDER_FOR_TESTS } from '../support/programs/aws-provider';
import { Shop } from './shop';

const TIMEOUT_MS = 1_800_000;
const PLACE = { account: '555555555555', region: 'eu-central-1' };
const STACKS = ['aws-dev', 'aws-prod'] as const;

describe('the shop on AWS', () => {
  let run: Run;
  let shop: Shop;
  let account: Account;
  let before: Record<string, string[]>;

  beforeAll(async () => {
    run = await Run.open();
    account = await startAccount(run, { aws: PLACE });
    const context = { run, cache: new EngineCache(), note: () => undefined };
    const engine = await findOpenTofu(context);
    const configuration = await provideProviders(context, engine, [AWS_PROVIDER_FOR_TESTS, VAULT_PROVIDER]);
    shop = await Shop.open(run, {
      engine,
      leftOut: LEFT_OUT,
      variables: {
        ...engineEnvironment(),
        ...(configuration !== undefined && { TF_CLI_CONFIG_FILE: configuration }),
        ...account.variables,
      },
    });
    before = await inventory(account);
  }, TIMEOUT_MS);

  afterAll(() => run.close(), 30_000);

  it(
    'is applied in a network of its own, whose subnets, certificates and images are known only then',
    async () => {
      await shop.synthesize('first');
      for (const stack of STACKS) await shop.apply(stack);
      const { Vpcs = [] } = await new EC2Client(account.client).send(new DescribeVpcsCommand());
      expect(Vpcs.filter(({ CidrBlock }) => /^10\.(10|20)\./.test(CidrBlock ?? ''))).toHaveLength(2);
      const { clusters = [], firewalls = [], functions = [] } = await inventory(account);
      expect(clusters.map((arn) => arn.replace(/^.*\//, '')).sort()).toEqual(
        // Payments run in the shop's own.
        ['orders', 'shop'].flatMap((name) => ['dev', 'prod'].map((environment) => `${name}-${environment}`)),
      );
      expect(firewalls).toEqual(['orders-dev', 'orders-prod']);
      expect(functions).toHaveLength(4);
    },
    TIMEOUT_MS,
  );

  it.each(['first', 'renamed', 'nested'] as const)(
    'has nothing left to do, its code being as %s',
    async (shape) => {
      await shop.synthesize(shape);
      const changes = [];
      for (const stack of STACKS) changes.push(...(await shop.changes(stack)));
      expect(changes).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'is destroyed whole',
    async () => {
      await shop.synthesize('first', { KEEP: 'false' });
      for (const stack of [...STACKS].reverse()) {
        const { code, output } = await shop.destroy(stack);
        expect({ code, output }).toEqual({ code: 0, output });
      }
      expect(await inventory(account)).toEqual(before);
    },
    TIMEOUT_MS,
  );
});
