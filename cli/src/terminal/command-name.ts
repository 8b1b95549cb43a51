/** How the reader of a message has to type the command: as they called it themselves. */
import { dirname, join, sep } from 'node:path';

/** Runs a command that a package of the repository brings. Yarn 1 would print its own lines into `$(…)` otherwise. */
export const EXECUTES = { npm: 'npx', pnpm: 'pnpm exec', yarn: 'yarn run --silent' } as const;

export type PackageManager = keyof typeof EXECUTES;

/** Passes arguments to a script of `package.json`; npm alone would take options for itself. */
const RUNS: Readonly<Record<PackageManager, string>> = {
  npm: 'npm run portcullis --',
  pnpm: 'pnpm run portcullis',
  yarn: 'yarn run portcullis',
};

/** Adds packages that only the development needs. */
const ADDS: Readonly<Record<PackageManager, string>> = {
  npm: 'npm install --save-dev',
  pnpm: 'pnpm add --save-dev',
  yarn: 'yarn add --dev',
};

/** Where nobody says otherwise, as in documents: a package of the repository. */
let name = `${EXECUTES.npm} portcullis`;

/** Said once, when the process starts. @param called as `calledAs()` finds it */
export function nameCommand(called: string): void {
  name = called;
}

/** What has to be typed. @param words of the command, as in `lock vault-staging` */
export function typed(words: string): string {
  return `${name} ${words}`;
}

/**
 * How this process was called.
 *
 * @param script as `process.argv[1]`: a link of `node_modules/.bin`, of a global `bin`, or the file itself.
 * @param folder in which it was called.
 * @param env package managers say in it who they are, and which script they run.
 * @returns what comes before the words of a command, as in `npx portcullis`.
 */
export function calledAs(script: string, folder: string, env: NodeJS.ProcessEnv): string {
  const { npm_lifecycle_event: event, npm_command: command } = env;
  const manager = managerOf(env);
  if (event === 'portcullis') return RUNS[manager];
  const isExecuted = event === 'npx' || command === 'exec' || isOfRepository(script, folder);
  return isExecuted ? `${EXECUTES[manager]} portcullis` : 'portcullis';
}

/** What adds these packages to the repository, by the manager that runs the command. */
export function adds(packages: readonly string[], env: NodeJS.ProcessEnv): string {
  return [ADDS[managerOf(env)], ...packages].join(' ');
}

function managerOf({ npm_config_user_agent: agent = '' }: NodeJS.ProcessEnv): PackageManager {
  const [, found = 'npm'] = /^(npm|pnpm|yarn)\//.exec(agent) ?? [];
  return found as PackageManager;
}

/** Whether a package of this folder brings it, or of one above. */
function isOfRepository(script: string, folder: string): boolean {
  for (let here = folder; ; here = dirname(here)) {
    if (script.startsWith(join(here, 'node_modules') + sep)) return true;
    if (here === dirname(here)) return false;
  }
}
