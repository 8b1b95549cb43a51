/** A configuration that is applied to an account of its own, and what changes of it would do there. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlan } from '../../cli/src/plan/read-plan';
import { linesOf, summarize, type StackSummary } from '../../cli/src/plan/summary';
import { AWS_PROVIDER } from '../../cli/src/engines/programs/providers';
import type { Run } from '../../cli/src/engines/process/run';
import { startAccount, type Account } from './account';
import { AwsEngine } from './engine';

export const REGION = 'eu-central-1';
export const ACCOUNT = '222222222222';

/** What Terraform reads, without backend and provider. */
export interface Resources {
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
}

export class AppliedStack {
  private constructor(
    private readonly engine: AwsEngine,
    private readonly folder: string,
    private readonly resources: Resources,
    readonly account: Account,
  ) {}

  /** @throws PortcullisError with what the engine said */
  static async apply(run: Run, resources: Resources): Promise<AppliedStack> {
    const account = await startAccount(run, { aws: { account: ACCOUNT, region: REGION } });
    const engine = await AwsEngine.open(run, account);
    const folder = await run.subfolder('applied');
    const stack = new AppliedStack(engine, folder, resources, account);
    await stack.write(resources);
    await stack.runEngine('init', '-input=false');
    await stack.runEngine('apply', '-input=false', '-auto-approve');
    return stack;
  }

  /** A file with the plan of resources that are changed, as `show -json` prints it. */
  async plan(change: (resources: Resources) => void): Promise<string> {
    const changed = structuredClone(this.resources);
    change(changed);
    await this.write(changed);
    await this.runEngine('plan', '-input=false', '-out=changed.plan');
    const file = join(this.folder, 'changed.json');
    await writeFile(file, await this.runEngine('show', '-json', 'changed.plan'));
    return file;
  }

  /** What a plan says once the resources are changed, as in `danger gateway route GET /: …`. */
  async said(change: (resources: Resources) => void): Promise<string[]> {
    const plan = readPlan(await readFile(await this.plan(change), 'utf8'));
    return sentencesOf(await summarize('edge-staging', plan));
  }

  private write(resources: Resources): Promise<void> {
    const text = JSON.stringify({
      ...resources,
      terraform: { required_providers: { aws: { source: AWS_PROVIDER.source, version: '~> 6.13' } } },
      provider: { aws: [{ region: REGION }] },
    });
    return writeFile(join(this.folder, 'main.tf.json'), text);
  }

  private runEngine(...args: string[]): Promise<string> {
    return this.engine.in(this.folder, 'applied', ...args);
  }
}

/** The lines of a summary, as in `danger gateway route GET /: …`. */
export function sentencesOf(summary: StackSummary): string[] {
  return linesOf(summary).map(({ grade, subject, sentence }) => `${grade} ${subject}: ${sentence}`);
}
