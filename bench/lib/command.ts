import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a whole process took. */
export interface Measured {
  readonly seconds: number;
  /** Peak memory of the largest process. */
  readonly bytes: number;
}

/** The operating system keeps the peak memory of the processes below a command, for whoever waits for it. */
const MEASURE = `
import json, resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
seconds = time.monotonic() - began
if done.returncode != 0: sys.exit(done.stderr.decode())
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == 'darwin' else 1024)
print(json.dumps({'seconds': seconds, 'bytes': peak}))
`;

interface Surroundings {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs Node on these arguments to its end. @throws Error when it fails: its messages are on standard error. */
export function measureNode(args: readonly string[], surroundings?: Surroundings): Promise<Measured> {
  return measureCommand([process.execPath, ...args], surroundings);
}

/** Runs a program to its end. @throws Error when it fails: its messages are on standard error. */
export async function measureCommand(
  command: readonly string[],
  { cwd, env = {} }: Surroundings = {},
): Promise<Measured> {
  const child = spawn('python3', ['-c', MEASURE, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  });
  const [text] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
  if (child.exitCode !== 0) throw new Error(`${command.join(' ')} failed`);
  return JSON.parse(Buffer.concat(text as Buffer[]).toString()) as Measured;
}
