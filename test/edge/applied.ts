import { readFile } from 'node:fs/promises';
import { Run } from '../../cli/src/engines/process/run';
import type { AwsEnvironment } from '../../stacks/environments/define-environment';
import { makeGiven, startAccount, type Account } from './account';
import { EdgeDeployment, PARTS, type Plan } from './deployment';
import { inventory } from './inventory';
import type { Planned } from './planned';

const TIMEOUT_MS = 900_000;

/** What tests of an applied environment look at. Its network has the IDs that it got. */
export interface Applied extends Planned {
  readonly account: Account;
  /** What resources of a type were planned to be, those among them that moto cannot make. */
  planned(type: string): readonly Readonly<Record<string, unknown>>[];
}

/**
 * Applies the stacks of an environment, has `tests` look at them, applies them again and takes them away. Engine and
 * provider are the real ones; AWS is moto, which keeps what it is told and runs nothing of it.
 */
export function describeApplied(
  environmentOf: () => AwsEnvironment,
  tests: (applied: () => Applied) => void,
): void {
  describe(`${environmentOf().name}, applied`, () => {
    let run: Run;
    let deployment: EdgeDeployment;
    let before: Record<string, string[]>;
    let applied: Applied;

    beforeAll(async () => {
      run = await Run.open();
      const account = await startAccount(run, environmentOf());
      const environment = await makeGiven(account, environmentOf());
      before = await inventory(account);
      deployment = await EdgeDeployment.open(run, account, environment);
      const plans: string[] = [];
      for (const part of PARTS) {
        plans.push(await deployment.plan(part));
        for (const line of await deployment.leaveOut(part)) process.stderr.write(`${line}\n`);
        await deployment.apply(part);
      }
      const resources = (await Promise.all(plans.map(resourcesOf))).flat();
      applied = {
        run,
        environment,
        plans,
        account,
        planned: (wanted) => resources.filter(({ type }) => type === wanted).map(({ values }) => values),
      };
    }, TIMEOUT_MS);

    afterAll(() => run.close(), 30_000);

    tests(() => applied);

    // Last, and in this order: the second of them takes everything away.
    it.each(PARTS)(
      '%s has nothing left to do',
      async (part) => {
        expect(await deployment.pendingChanges(part)).toEqual([]);
      },
      TIMEOUT_MS,
    );

    it(
      'keeps the deployed image in a plan that names none',
      async () => {
        const unnamed = await deployment.withoutImage();
        await unnamed.leaveOut('service');
        await unnamed.initialize('service');
        expect(await unnamed.pendingChanges('service')).toEqual([]);
      },
      TIMEOUT_MS,
    );

    it(
      'leaves nothing when it is destroyed',
      async () => {
        for (const part of [...PARTS].reverse()) await deployment.destroy(part);
        expect(await inventory(applied.account)).toEqual(before);
      },
      TIMEOUT_MS,
    );
  });
}

async function resourcesOf(file: string) {
  const plan = JSON.parse(await readFile(file, 'utf8')) as Plan;
  return plan.planned_values.root_module.resources;
}
