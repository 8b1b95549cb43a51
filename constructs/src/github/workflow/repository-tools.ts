/** How a repository's jobs install its packages and run its command `portcullis`. */
import { unless } from '../../core/props/checks';
import type { Problem } from '@portcullis/runtime/policy';

export interface RepositoryTools {
  /** Whose lock file the repository has. Yarn is 2 or newer. @default 'npm' */
  readonly packageManager?: PackageManager;
  /** Runs the command, where the package manager's own way does not. @default as in `npx --no-install portcullis` */
  readonly command?: string;
  /** The file that the workflows are made from, as their header names it. @default 'portcullis.config.ts' */
  readonly settings?: string;
}

export type PackageManager = 'npm' | 'pnpm' | 'yarn';

/**
 * An install script would run with whatever the job is signed in to: none runs. The lock file decides what is installed,
 * and nothing is fetched to run the command: who registered its name would run in the job.
 */
const MANAGERS: Readonly<Record<PackageManager, { readonly install: string; readonly command: string }>> = {
  npm: { install: 'npm ci --ignore-scripts', command: 'npx --no-install portcullis' },
  pnpm: {
    install: 'corepack enable pnpm\npnpm install --frozen-lockfile --ignore-scripts',
    command: 'pnpm exec portcullis',
  },
  yarn: {
    install: 'corepack enable yarn\nyarn install --immutable --mode=skip-build',
    command: 'yarn run --binaries-only portcullis',
  },
};

/**
 * How a step calls the command. `withTools()` puts the repository's own way in its place, and leaves alone what a user's own
 * script calls so: no script holds this control character.
 */
export const PORTCULLIS = '\0portcullis';

/** The steps of a job, with the repository's own commands in them. @param install the step that installs packages */
export function withTools<S extends { readonly run?: string }>(
  steps: readonly S[],
  install: S,
  tools: RepositoryTools,
): S[] {
  const { install: run, command } = MANAGERS[tools.packageManager ?? 'npm'];
  return steps.map((step) => {
    if (step === install) return { ...step, run };
    if (step.run === undefined) return step;
    return { ...step, run: step.run.replaceAll(PORTCULLIS, () => tools.command ?? command) };
  });
}

/** What is wrong with the tools, below `path`. */
export function toolsProblems(path: string, tools: RepositoryTools | undefined): Problem[] {
  const { packageManager: manager = 'npm', command = 'x', settings = 'x' } = tools ?? {};
  const line = /^[^\r\n]+$/;
  return [
    ...unless(Object.hasOwn(MANAGERS, manager), `${path}.packageManager`, manager, "'npm', 'pnpm' or 'yarn'"),
    ...unless(line.test(command), `${path}.command`, command, 'one line, such as pnpm exec portcullis'),
    ...unless(line.test(settings), `${path}.settings`, settings, 'a path, such as portcullis.config.ts'),
  ];
}
