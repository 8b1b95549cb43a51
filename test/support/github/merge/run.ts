/** Runs `deploy.yml` as GitHub would: jobs in their order, by their conditions, each script by bash, over the doubles. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { filledIn, holds, type Context, type Functions } from '../expressions';
import { inShell } from '../step';
import { installDoubles } from './doubles';

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

interface Job {
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly environment?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

type Result = 'success' | 'failure' | 'skipped';

interface Done {
  readonly result: Result;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What happens to a run from outside. */
export interface Happening {
  readonly commit: string;
  readonly actor: string;
  /** Of a run by hand. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Whether the scan of a release passes. @default it does */
  readonly scan?: (release: string) => boolean;
  /** Called before a job of an environment begins: it waits for its approval there. */
  readonly approve?: (environment: string) => void;
  /** Called after each step that ran. */
  readonly after?: (job: string, step: string) => Promise<void>;
}

export const REPOSITORY = 'fintech-example/fintech-api';

/** A repository with a registry, accounts and services behind it, which several runs change. */
export class World {
  private runs = 0;
  private readonly results: Record<string, Readonly<Record<string, Result>>> = {};
  /** What each failed step said. */
  readonly said: string[] = [];
  /** Releases that were scanned. */
  readonly scanned: string[] = [];

  private constructor(
    readonly folder: string,
    private readonly bin: string,
    private readonly jobs: Readonly<Record<string, Job>>,
    private readonly api: string,
  ) {}

  static async open(folder: string, workflow: string, api: string): Promise<World> {
    const { jobs } = parse(workflow) as { jobs: Record<string, Job> };
    await writeFile(join(folder, 'attestations'), '');
    return new World(folder, await installDoubles(folder), jobs, api);
  }

  /** @returns how each job ended. */
  async run(happening: Happening): Promise<Readonly<Record<string, Result>>> {
    const id = String(++this.runs);
    const done: Record<string, Done> = {};
    for (const [name, job] of Object.entries(this.jobs)) {
      done[name] = await this.job(name, job, done, { ...happening, id });
    }
    const results = Object.fromEntries(Object.entries(done).map(([name, { result }]) => [name, result]));
    this.results[id] = results;
    return results;
  }

  /** The jobs of a run that has ended, as GitHub lists them; `undefined` where there is none. */
  jobsOf(run: string): object | undefined {
    const jobs = Object.entries(this.results[run] ?? {}).map(([name, conclusion]) => ({
      // A called workflow's jobs come below the one that called it.
      name: this.jobs[name]?.uses !== undefined && conclusion !== 'skipped' ? `${name} / full-scan` : name,
      conclusion,
    }));
    return jobs.length === 0 ? undefined : { total_count: jobs.length, jobs };
  }

  /** The text of a file of the world, or nothing. */
  async text(name: string): Promise<string> {
    return readFile(join(this.folder, name), 'utf8').catch(() => '');
  }

  private async job(
    name: string,
    job: Job,
    done: Readonly<Record<string, Done>>,
    happening: Happening & { readonly id: string },
  ): Promise<Done> {
    const needs = Object.fromEntries((job.needs ?? []).map((needed) => [needed, done[needed]]));
    const context: Context = {
      github: {
        event_name: happening.inputs ? 'workflow_dispatch' : 'push',
        sha: happening.commit,
        token: 'token-of-the-job',
        run_id: happening.id,
      },
      inputs: happening.inputs ?? {},
      needs,
    };
    const before = this.before(name).every((one) => done[one]?.result === 'success');
    const status: Functions = { cancelled: () => false, always: () => true };
    if (
      !(job.if === undefined
        ? before
        : holds(job.if, context, status) && (before || /cancelled|always/.test(job.if)))
    ) {
      return { result: 'skipped', outputs: {} };
    }
    if (job.uses !== undefined) {
      const release = filledIn(job.with?.release ?? '', context);
      this.scanned.push(release);
      return { result: (happening.scan?.(release) ?? true) ? 'success' : 'failure', outputs: {} };
    }
    if (job.environment !== undefined) happening.approve?.(job.environment);
    return this.steps(name, job, context, happening);
  }

  private before(name: string): string[] {
    return (this.jobs[name]?.needs ?? []).flatMap((needed) => [...this.before(needed), needed]);
  }

  private async steps(
    job: string,
    { steps = [], outputs = {} }: Job,
    context: Context,
    happening: Happening & { readonly id: string },
  ): Promise<Done> {
    const work = await mkdtemp(join(this.folder, 'work-'));
    const of: Record<string, { outputs: Record<string, string>; outcome: Result }> = {};
    let failed = false;
    for (const step of steps) {
      const now = { ...context, steps: of };
      const functions: Functions = {
        always: () => true,
        cancelled: () => false,
        failure: () => failed,
        hashFiles: (file) => (existsSync(join(work, String(file))) ? 'a hash' : ''),
      };
      if (step.if !== undefined && !holds(step.if, now, functions)) continue;
      if (failed && !/always\(\)|failure\(\)|cancelled\(\)/.test(step.if ?? '')) continue;
      try {
        const given = await this.step(step, now, work, happening);
        if (step.id !== undefined) of[step.id] = { outputs: given, outcome: 'success' };
      } catch (error) {
        failed = true;
        if (step.id !== undefined) of[step.id] = { outputs: {}, outcome: 'failure' };
        const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
        this.said.push(`${job}: ${step.name}: ${stdout}${stderr}${stderr === '' ? String(error) : ''}`);
      }
      await happening.after?.(job, step.name);
    }
    const filled = Object.entries(outputs).map(([name, value]) => [
      name,
      filledIn(value, { ...context, steps: of }),
    ]);
    return {
      result: failed ? 'failure' : 'success',
      outputs: Object.fromEntries(filled) as Record<string, string>,
    };
  }

  private async step(
    step: Step,
    context: Context,
    work: string,
    { commit, actor, id }: Happening & { readonly id: string },
  ): Promise<Record<string, string>> {
    const given = Object.fromEntries(
      Object.entries(step.with ?? {}).map(([name, value]) => [name, filledIn(String(value), context)]),
    );
    if (step.uses !== undefined) return this.action(step.uses.replace(/@.*/, ''), given, work, commit);
    const output = join(work, 'output');
    await writeFile(output, '');
    const env = Object.fromEntries(
      Object.entries(step.env ?? {}).map(([name, value]) => [
        name,
        filledIn(value, context, { toJSON: (each) => JSON.stringify(each) }),
      ]),
    );
    await inShell(work, filledIn(step.run ?? '', context), {
      ...env,
      PATH: `${this.bin}:${process.env.PATH ?? ''}`,
      HOME: process.env.HOME,
      WORLD: this.folder,
      RUNNER_TEMP: work,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: join(work, 'summary'),
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_RUN_ID: id,
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_SHA: commit,
      GITHUB_REF: 'refs/heads/main',
      GITHUB_ACTOR: actor,
      GITHUB_TRIGGERING_ACTOR: actor,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_API_URL: this.api,
    });
    const lines = (await readFile(output, 'utf8')).split('\n').filter((line) => line.includes('='));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  }

  /** What actions do that something later depends on. */
  private async action(
    action: string,
    given: Readonly<Record<string, string>>,
    work: string,
    commit: string,
  ): Promise<Record<string, string>> {
    if (action === 'actions/upload-artifact') {
      const folder = join(this.folder, 'artifacts', given.name ?? '');
      await mkdir(folder, { recursive: true });
      await cp(join(work, given.path ?? ''), join(folder, basename(given.path ?? '')));
    }
    if (action === 'actions/attest-build-provenance')
      await this.attest(`${given['subject-name'] ?? ''}@${given['subject-digest'] ?? ''}`, commit);
    return action === 'hashicorp/vault-action' ? { vault_token: 'token' } : {};
  }

  /** Leaves one attestation alone, of something else than a build of that commit here. */
  async replaceAttestations(
    subject: string,
    commit: string,
    other: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await writeFile(join(this.folder, 'attestations'), '');
    await this.attest(subject, commit, other);
  }

  /** As GitHub attests what a job of `deploy.yml` on main has built, unless it says otherwise. */
  async attest(subject: string, commit: string, other: Readonly<Record<string, string>> = {}): Promise<void> {
    const claims = {
      repo: REPOSITORY,
      'signer-workflow': `${REPOSITORY}/.github/workflows/deploy.yml`,
      'source-ref': 'refs/heads/main',
      'source-digest': commit,
      'predicate-type': 'https://slsa.dev/provenance/v1',
      runner: 'github-hosted',
      ...other,
    };
    await writeFile(join(this.folder, 'attestations'), `${JSON.stringify({ subject, claims })}\n`, {
      flag: 'a',
    });
  }
}
