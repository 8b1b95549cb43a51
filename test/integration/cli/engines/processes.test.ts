import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../support/until';
import { isAlive } from '../../../support/is-alive';
import { Run } from '../../../../cli/src/engines/process/run';
import { Warden } from '../../../../cli/src/engines/process/warden';

interface Doomed {
  readonly folder: string;
  readonly group: number;
  readonly warden: number;
}

/** The session of a process: what a terminal's Ctrl-C is sent to. */
const sessionOf = (pid: number): string | undefined =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3];

describe('a run whose process is killed with SIGKILL', () => {
  it('leaves no process, no grandchild and no folder', async () => {
    const parent = fork(join(__dirname, '../../../support/doomed-process.ts'), [], {
      execArgv: ['--import', require.resolve('tsx')],
    });
    const [{ folder, group, warden }] = (await once(parent, 'message')) as [Doomed];
    expect(existsSync(folder)).toBe(true);
    expect(isAlive(-group)).toBe(true);

    parent.kill('SIGKILL');
    await once(parent, 'exit');

    await until(() => !isAlive(-group));
    await until(() => !existsSync(folder));
    await until(() => !isAlive(warden));
  });
});

describe('a warden', () => {
  it('removes a folder of any name, as soon as its parent is gone', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'warden-'));
    try {
      const folder = join(parent, ` $(touch pwned)\n'"; -rf *`);
      await mkdir(join(folder, 'inside'), { recursive: true });
      await mkdir(join(parent, 'beside'));
      const warden = await Warden.start(folder);
      await warden.dismiss();
      expect(await readdir(parent)).toEqual(['beside']);
    } finally {
      await rm(parent, { recursive: true });
    }
  });

  it('ends what it watches in good order, and leaves what it was told to forget', async () => {
    const [ordered, kept] = [trapping('exit 0'), trapping('exit 0')];
    await Promise.all([once(ordered.stdout, 'data'), once(kept.stdout, 'data')]);
    const warden = await Warden.start();
    for (const { pid } of [ordered, kept]) warden.watch(-pid!);
    warden.forget(-kept.pid!);
    const ended = once(ordered, 'exit');
    await warden.dismiss();
    expect(await ended).toEqual([0, null]);
    expect(isAlive(kept.pid!)).toBe(true);
    kept.kill('SIGKILL');
    await once(kept, 'exit');
  });
});

/** A process in a group of its own that says when it is ready, and what it does when it is asked to end. */
const trapping = (onTerm: string) =>
  spawn('/bin/sh', ['-c', `trap '${onTerm}' TERM; echo ready; while :; do sleep 0.05; done`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

describe('a run', () => {
  it.each([
    ['another', '/nowhere'],
    ['none', undefined],
  ])('starts `node` as the Node that runs us, where PATH has %s', async (_which, path) => {
    const run = await Run.open();
    try {
      const env = run.withThisNode({ PATH: path });
      const said = await run.complete(
        { name: 'which', command: '/bin/sh', args: ['-c', 'node -p process.execPath'], env },
        { code: 'ERR_SERVER_FAILED', remedy: 'none' },
      );
      expect(said).toBe(process.execPath);
      expect(env.PATH?.split(':').slice(1)).toEqual(path === undefined ? [] : [path]);
    } finally {
      await run.close();
    }
  });

  it('keeps its processes out of the reach of a terminal’s Ctrl-C', async () => {
    const run = await Run.open();
    try {
      const child = await run.spawn({ name: 'sleep', command: 'sleep', args: ['60'], env: process.env });
      expect(sessionOf(child.pid)).not.toBe(sessionOf(process.pid));
      expect(sessionOf(run.warden.pid!)).not.toBe(sessionOf(process.pid));
    } finally {
      await run.close();
    }
  });

  it('has started a program when it is told to: what then keeps us busy, as loading code does, runs beside it', async () => {
    const run = await Run.open();
    try {
      const watch = jest.spyOn(run.warden, 'watch');
      const done = run.complete({ name: 'true', command: 'true', args: [], env: process.env }, failure);
      expect(watch).toHaveBeenCalledTimes(1);
      await done;
    } finally {
      await run.close();
    }
  });

  it('goes on, and closes, when somebody has killed its warden', async () => {
    const run = await Run.open();
    process.kill(run.warden.pid!, 'SIGKILL');
    await until(() => !isAlive(run.warden.pid!));
    await run.complete({ name: 'true', command: 'true', args: [], env: process.env }, failure);
    await run.close();
    expect(existsSync(run.folder)).toBe(false);
  });

  it('closes with nothing left: processes, folder, warden', async () => {
    const run = await Run.open();
    const child = await run.spawn({ name: 'sleep', command: 'sleep', args: ['60'], env: process.env });
    await run.close();
    expect([child.pid, run.warden.pid!].filter(isAlive)).toEqual([]);
    expect(existsSync(run.folder)).toBe(false);
  });

  it('lets nobody else read its logs', async () => {
    const run = await Run.open();
    try {
      await run.complete({ name: 'true', command: 'true', args: [], env: process.env }, failure);
      expect((await stat(run.logOf('true'))).mode & 0o077).toBe(0);
      expect((await stat(join(run.folder, 'logs'))).mode & 0o077).toBe(0);
    } finally {
      await run.close();
    }
  });

  it('says what a failing program printed last', async () => {
    const run = await Run.open();
    try {
      const script = 'echo output; echo "no space left" >&2; exit 3';
      const failing = run.complete(
        { name: 'builder', command: '/bin/sh', args: ['-c', script], env: process.env },
        failure,
      );
      await expect(failing).rejects.toMatchObject({
        code: 'ERR_ENGINE_BUILD',
        message: expect.stringMatching(/builder failed.*no space left.*free some/s) as string,
      });
      await expect(
        run.spawn({ name: 'missing', command: '/nonexistent', args: [], env: process.env }),
      ).rejects.toMatchObject({ code: 'ERR_SERVER_FAILED' });
    } finally {
      await run.close();
    }
  });
});

const failure = { code: 'ERR_ENGINE_BUILD', remedy: 'free some' } as const;
