/**
 * GitHub's workflows as values, in the part of the syntax that these constructs need.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
 */
import { stringify } from 'yaml';
import { ACTIONS, type PinnedAction } from './actions';
import { withTools, type RepositoryTools } from './repository-tools';

export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

export interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: PinnedAction;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

export interface Job {
  readonly name?: string;
  /** Another workflow, which the job calls instead of running steps. */
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly if?: string;
  readonly needs?: readonly string[];
  readonly permissions: Permissions;
  readonly 'timeout-minutes'?: number | string;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly strategy?: object;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

export interface Workflow {
  readonly name: string;
  readonly on: object;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': string };
  readonly jobs: Readonly<Record<string, Job>>;
  /** What the jobs find in the repository. */
  readonly tools?: RepositoryTools | undefined;
}

/** Named explicitly, GitHub's bash also stops at a failure inside a pipe. By default it does not. */
const SHELL = { run: { shell: 'bash' } };

const RUNNER = 'ubuntu-24.04';

/** The first step of every job: it records which hosts the job calls. */
export const HARDENED: Step = {
  name: 'Harden the runner',
  uses: ACTIONS.hardenRunner,
  with: { 'egress-policy': 'audit' },
};

/** No credential stays in the checkout. */
export const CHECK_OUT: Step = {
  name: 'Check out',
  uses: ACTIONS.checkout,
  with: { 'persist-credentials': false },
};

/** The line of Node with long-term support that the commands are tried on. A runner's own may be any other. */
const NODE = 24;

/** By the repository's package manager. Nothing is signed in yet. */
const INSTALL: Step = { name: 'Install packages' };

/**
 * The first steps of a job that runs Portcullis. Nothing comes from a cache: jobs of other branches write there as well.
 */
export const PREPARED: readonly Step[] = [
  HARDENED,
  CHECK_OUT,
  {
    name: 'Set up Node',
    uses: ACTIONS.setupNode,
    with: { 'node-version': NODE, 'package-manager-cache': false },
  },
  INSTALL,
];

/** The same, where the commit before the checked out one is there as well: of a pull request's merge, the base. */
export const PREPARED_WITH_BASE: readonly Step[] = PREPARED.map((step) =>
  step === CHECK_OUT ? { ...step, with: { ...step.with, 'fetch-depth': 2 } } : step,
);

/** A release of OpenTofu: a runner brings no engine. The engine then downloads its providers from their registry. */
const OPENTOFU = '1.12.6';

/** The engine that plans and applies. Its wrapper in JavaScript, which repeats what it prints, is left out. */
export const SET_UP_OPENTOFU: Step = {
  name: 'Set up OpenTofu',
  uses: ACTIONS.setupOpenTofu,
  with: { tofu_version: OPENTOFU, tofu_wrapper: false },
};

/** Signs a job in to Vault by the identity that GitHub gives it: the repository holds no long-lived secret. */
export function vaultStep(
  name: string,
  { address, role }: { readonly address: string; readonly role: string },
  more: NonNullable<Step['with']>,
): Step {
  const identity = { method: 'jwt', role, jwtGithubAudience: address };
  return {
    name,
    id: 'vault',
    uses: ACTIONS.vault,
    with: { url: address, ...identity, exportEnv: false, ...more },
  };
}

/**
 * Writes a workflow as YAML. No job has a permission that it does not name.
 *
 * @example
 * const yaml = renderWorkflow(planWorkflow(delivery));
 */
export function renderWorkflow({ name, on, concurrency, jobs, tools = {} }: Workflow): string {
  const document = {
    name,
    on,
    permissions: {},
    ...(concurrency !== undefined && { concurrency }),
    defaults: SHELL,
    jobs: mapValues(jobs, (job) => renderJob(job, tools)),
  };
  const yaml = stringify(document, { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false });
  const { settings = 'portcullis.config.ts' } = tools;
  return `# Made by Portcullis from ${settings}: change that, and run \`portcullis workflows\`.\n${withVersions(yaml)}`;
}

function renderJob({ name, if: condition, needs, steps, ...rest }: Job, tools: RepositoryTools): object {
  return {
    ...(name !== undefined && { name }),
    ...(condition !== undefined && { if: condition }),
    ...(needs !== undefined && { needs }),
    ...(steps && { 'runs-on': RUNNER }),
    ...rest,
    ...(steps && { steps: withTools(steps, INSTALL, tools).map(renderStep) }),
  };
}

function renderStep({ name: title, id, if: only, uses, ...step }: Step): object {
  return {
    name: title,
    ...(id !== undefined && { id }),
    ...(only !== undefined && { if: only }),
    ...(uses !== undefined && { uses: uses.uses }),
    ...step,
  };
}

/**
 * A pinned commit tells a reader nothing, so a comment names its release. Workflows of the same repository are called by
 * `./`: actionlint 1.7 does not know the `$/` that zizmor would rather see.
 */
function withVersions(yaml: string): string {
  const local = yaml.replace(/uses: \.\/.*/g, '$& # zizmor: ignore[self-repository]');
  return Object.values(ACTIONS).reduce(
    (text, { uses, version }) => text.replaceAll(`uses: ${uses}\n`, `uses: ${uses} # ${version}\n`),
    local,
  );
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
