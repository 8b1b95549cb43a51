import { typed } from '../../terminal/command-name';
import { stacksOf } from '../../workspace/stack-selection';
import { findingsOf, type Finding } from '../finding';

/** What is known of the repository. */
export interface Repository {
  /** The config's file, relative to the working directory; undefined where there is none. */
  readonly file: string | undefined;
  readonly environments: Readonly<Record<string, { readonly stacks?: readonly string[] }>>;
  /** The synthesized stacks, or why there are none; undefined where there is no cdktf app. */
  readonly stacks: readonly SynthesizedStack[] | Failed | undefined;
  /** Files that `workflows` would write otherwise; undefined where the config describes no repository. */
  readonly stale: readonly string[] | Failed | undefined;
}

/** Why something is not known, and what to do about it. */
export interface Failed {
  readonly failed: string;
  readonly mend: string;
}

export interface SynthesizedStack {
  readonly name: string;
  /** Kind of its backend, where others have the state too, as in `s3`. */
  readonly shared: string | undefined;
  readonly locked: boolean;
}

const { right, wrong, unknown } = findingsOf('config');

/** What is wrong with the repository. A cdktf app needs no config to be planned and deployed. */
export function judgeConfig({ file, environments, stacks, stale }: Repository): Finding[] {
  if (file === undefined)
    return stacks === undefined
      ? [
          wrong(
            'neither a portcullis.config.ts, here or above, nor a cdktf.json here',
            `for an API: ${typed('init')}; otherwise ${WRITE}`,
          ),
        ]
      : [
          right(
            'a cdktf.json and no portcullis.config.ts: plan, deploy and lock work with that',
            `for environments by name, and for token, limits, revoke, verify, workflows and the others, ${WRITE}`,
          ),
          ...judgeStacks(stacks, environments),
        ];
  return [
    right(file),
    ...(stacks === undefined
      ? [
          unknown(
            'no stacks: the config names no app, and beside it is no cdktf.json',
            "to plan and deploy some, name what synthesizes them: app: 'node --import tsx stacks/main.ts'",
          ),
        ]
      : judgeStacks(stacks, environments)),
    ...judgeWorkflows(stale),
  ];
}

const WRITE =
  'write a portcullis.config.ts as the README of @portcullis/cli shows: the policy and environments';

function judgeStacks(
  stacks: readonly SynthesizedStack[] | Failed,
  environments: Repository['environments'],
): Finding[] {
  if ('failed' in stacks) return [wrong(`the stacks do not synthesize: ${stacks.failed}`, stacks.mend)];
  const names = stacks.map(({ name }) => name);
  const empty = Object.entries(environments).filter(([environment, { stacks: listed }]) =>
    listed ? listed.some((one) => !names.includes(one)) : stacksOf(environment, names).length === 0,
  );
  const unlocked = stacks.filter(({ shared, locked }) => shared !== undefined && !locked);
  return [
    ...empty.map(([environment, { stacks: listed }]) =>
      listed
        ? wrong(
            `environment ${environment} lists ${listed.filter((one) => !names.includes(one)).join(', ')}, which no stack is called`,
            `list some of ${names.join(', ')} in its stacks`,
          )
        : wrong(
            `environment ${environment} has no stack: none of ${names.join(', ')} ends in -${environment}`,
            `list its stacks: environments: { '${environment}': { stacks: ['…'] } }`,
          ),
    ),
    ...(unlocked.length === 0
      ? [
          right(
            `${stacks.length === 1 ? '1 stack' : `${stacks.length} stacks`}, providers pinned where the state is shared`,
          ),
        ]
      : [
          wrong(
            `nothing pins the providers of ${unlocked.map(({ name }) => name).join(', ')}, whose state is shared`,
            typed(`lock ${unlocked.map(({ name }) => name).join(' ')}`),
          ),
        ]),
  ];
}

function judgeWorkflows(stale: Repository['stale']): Finding[] {
  if (stale === undefined) return [unknown('the config describes no repository: no workflows are written')];
  if ('failed' in stale) return [wrong(`the workflows cannot be made: ${stale.failed}`, stale.mend)];
  if (stale.length === 0) return [right('workflows as described')];
  return [wrong(`not as described: ${stale.join(', ')}`, typed('workflows'))];
}
