/** Eight real processes hammer one client on a real Redis; some are stopped, some killed, whatever they hold. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { until } from '../../../support/until';
import { HAMMERED } from './hammered';
import { connect, startRedis, type TestRedis } from './redis';

// Bounds of real time on a machine that others use too: what is tried again says why it failed.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

interface Hammer {
  /** Lets it end in good order. */
  readonly end: () => void;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<unknown>;
}

interface Admission {
  readonly atMs: number;
  readonly by: string;
}

describe('eight processes hammering one client', () => {
  let server: TestRedis;
  let folder: string;
  let script: string;
  beforeAll(async () => {
    server = await startRedis();
    folder = mkdtempSync(join(tmpdir(), 'portcullis-hammer-'));
    script = join(folder, 'hammer.js');
    // Compiled once, so that eight of them start together.
    const entryPoints = [join(__dirname, 'hammer-process.ts')];
    buildSync({ entryPoints, outfile: script, bundle: true, platform: 'node', logLevel: 'error' });
  });
  afterEach(() => {
    for (const hammer of hammers.splice(0)) hammer.kill('SIGKILL');
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(['exact', 'nested', 'reserved'])(
    'in %s mode, killed and stopped, never admit more than the limit in any trailing window',
    async (mode) => {
      const redis = await connect(server.url);
      await redis.flushAll();
      const admissions: Admission[] = [];
      const processes = Array.from({ length: 8 }, () => startHammer([script, server.url, mode], admissions));
      await until(() => admissions.length > HAMMERED.limits[0]!);

      const [first, second, third, fourth] = processes;
      const stops = [first!, second!].map((stopped, index) => stopForAWhile(stopped, 40 + 300 * index));
      third!.signal('SIGKILL');
      await until(() => admissions.length > 3 * HAMMERED.limits[0]!);
      fourth!.signal('SIGKILL');
      await Promise.all(stops);
      await until(() => admissions.length > 5 * HAMMERED.limits[0]!);
      for (const { end } of processes) end();
      await Promise.all(processes.map(({ ended }) => ended));
      redis.destroy();

      admissions.sort((a, b) => a.atMs - b.atMs);
      HAMMERED.windowsMs.forEach((windowMs, w) => {
        // There each process has the shorter window for itself.
        if (mode === 'nested' && w === 0) return;
        expect(mostIn(admissions, windowMs)).toBeLessThanOrEqual(HAMMERED.limits[w]!);
      });
      // It was the limit that bound them, and blocks where there were to be any.
      expect(mostIn(admissions, 2_000)).toBeGreaterThan(0.8 * HAMMERED.limits[1]!);
      expect(admissions.some(({ by }) => by === 'block')).toBe(mode === 'reserved');
    },
  );
});

/** Every one of a test: none outlives it, whatever became of it. */
const hammers: ChildProcess[] = [];

function startHammer(args: readonly string[], admissions: Admission[]): Hammer {
  const hammer = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  hammers.push(hammer);
  createInterface({ input: hammer.stdout }).on('line', (line) => {
    const [atMs, by = ''] = line.split(' ');
    admissions.push({ atMs: Number(atMs), by });
  });
  // Those that were killed do not read any more.
  hammer.stdin.on('error', () => undefined);
  return {
    end: () => hammer.stdin.end(),
    signal: (signal) => hammer.kill(signal),
    ended: once(hammer, 'close'),
  };
}

/** Stops a process for longer than a block lives, several times. */
async function stopForAWhile({ signal }: Hammer, ms: number): Promise<void> {
  for (let time = 0; time < 5; time += 1) {
    signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, ms));
    signal('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The most admitted in any window of that length: a sliding window over the sorted moments. */
function mostIn(admissions: readonly Admission[], windowMs: number): number {
  let most = 0;
  let oldest = 0;
  admissions.forEach(({ atMs }, newest) => {
    while (admissions[oldest]!.atMs <= atMs - windowMs) oldest += 1;
    most = Math.max(most, newest - oldest + 1);
  });
  return most;
}
