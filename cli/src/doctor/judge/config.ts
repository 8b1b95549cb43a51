import { stacksOf } from '../../workspace/stack-selection';
import { findingsOf, type Finding } from '../finding';

/** What is known of the repository. */
export interface Repository {
  /** The config's file, relative to the working directory; undefined where there is none. */
  readonly file: string | undefined;
  readonly environments: Readonly<Record<string, { readonly stacks?: readonly string[] }>>;
  /** The synthesized stacks, or why there are none. */
  readonly stacks: readonly SynthesizedStack[] | { readonly failed: string };
  /** Files that `workflows` would write otherwise; undefined where the config describes no repository. */
  readonly stale: readonly string[] | { readonly failed: string } | undefined;
}

export interface SynthesizedStack {
  readonly name: string;
  /** Kind of its backend, where others have the state too, as in `s3`. */
  readonly shared: string | undefined;
  readonly locked: boolean;
}

const { right, wrong, unknown } = findingsOf('config');

/** What is wrong with the repository. */
export function judgeConfig({ file, environments, stacks, stale }: Repository): Finding[] {
  return [
    file === undefined
      ? wrong('no portcullis.config.ts here or above', 'write one, as the README of @portcullis/cli shows')
      : right(file),
    ...(Array.isArray(stacks)
      ? judgeStacks(stacks as readonly SynthesizedStack[], environments)
      : [
          wrong(
            `the stacks do not synthesize: ${failureOf(stacks)}`,
            'mend what the app says: npx cdktf synth',
          ),
        ]),
    ...judgeWorkflows(stale),
  ];
}

function judgeStacks(
  stacks: readonly SynthesizedStack[],
  environments: Repository['environments'],
): Finding[] {
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
            `portcullis lock ${unlocked.map(({ name }) => name).join(' ')}`,
          ),
        ]),
  ];
}

function judgeWorkflows(stale: Repository['stale']): Finding[] {
  if (stale === undefined) return [unknown('the config describes no repository: no workflows are written')];
  if (!Array.isArray(stale))
    return [
      wrong(`the workflows cannot be made: ${failureOf(stale)}`, 'mend repository in portcullis.config.ts'),
    ];
  if (stale.length === 0) return [right('workflows as described')];
  return [wrong(`not as described: ${stale.join(', ')}`, 'portcullis workflows')];
}

const failureOf = (given: unknown): string => (given as { readonly failed: string }).failed;
