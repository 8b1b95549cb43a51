/** The command in a process of its own, from its sources. */
import { execFile, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export const CHECKOUT = join(__dirname, '../..');

/** What Node is called with: the command as packages install it, or that of this repository, which has `start` and runs here. */
const PROGRAMS = { installed: 'cli/src/bin.ts', own: 'cli/src/main.ts' };
export const commandLine = (program: keyof typeof PROGRAMS): string[] => [
  '--import',
  require.resolve('tsx'),
  join(CHECKOUT, PROGRAMS[program]),
];

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Circumstances {
  /** @default this checkout, by its own command; in any other folder it is the installed one */
  readonly cwd?: string;
  /** Beside what finds programs and temporary files. */
  readonly env?: NodeJS.ProcessEnv;
  /** @default '' */
  readonly input?: string;
  readonly onStart?: (child: ChildProcess) => void;
}

/** Calls it, and waits for its end. */
export function portcullis(
  args: readonly string[],
  { cwd = CHECKOUT, env = {}, input = '', onStart }: Circumstances = {},
): Promise<Ran> {
  const { PATH, TMPDIR, HOME } = process.env;
  // What our packages are called is said in the checkout.
  const known = { PATH, TMPDIR, HOME, TSX_TSCONFIG_PATH: join(CHECKOUT, 'tsconfig.json') };
  const command = [...commandLine(cwd === CHECKOUT ? 'own' : 'installed'), ...args];
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      command,
      { cwd, env: { ...known, ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
    // Whoever has an answer before the end of its input leaves a broken pipe.
    child.stdin?.on('error', () => undefined).end(input);
    onStart?.(child);
  });
}
