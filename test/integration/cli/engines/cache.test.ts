import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineCache, entryName } from '../../../../cli/src/engines/install/cache';
import { until } from '../../../support/until';

const key = { name: 'engine', version: '1.0.0', checksum: 'sum' };
const silently = (): void => undefined;

let folder: string;
let cache: EngineCache;
let builds: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-cache-'));
  cache = new EngineCache(join(folder, 'cache'));
  builds = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A build of no time. */
const entry = (): Promise<string> =>
  cache.entry(
    key,
    async (target) => {
      builds += 1;
      await writeFile(join(target, 'engine'), 'the engine');
    },
    silently,
  );

const startBuilding = (mode?: 'hang'): ChildProcess =>
  fork(join(__dirname, '../../../support/building-process.ts'), [folder, ...(mode ? [mode] : [])], {
    execArgv: ['--import', require.resolve('tsx')],
  });

const answerOf = async (child: ChildProcess): Promise<unknown> => {
  const [answer] = (await once(child, 'message')) as [unknown];
  return answer;
};

describe('the engine cache', () => {
  it('builds an entry once', async () => {
    const first = await entry();
    await expect(entry()).resolves.toBe(first);
    expect(builds).toBe(1);
    await expect(readFile(join(first, 'engine'), 'utf8')).resolves.toBe('the engine');
  });

  it.each<[string, (place: string) => Promise<void>]>([
    ['a changed file', (place) => writeFile(join(place, 'engine'), 'The engine')],
    ['a file that was not installed', (place) => writeFile(join(place, 'extra'), '')],
    ['a missing file', (place) => rm(join(place, 'engine'))],
    ['a missing manifest', (place) => rm(join(place, 'manifest.json'))],
    ['a damaged manifest', (place) => writeFile(join(place, 'manifest.json'), '{')],
  ])('refuses an entry with %s, names it, and builds it anew at the next start', async (_what, damage) => {
    const place = await entry();
    await damage(place);
    await expect(entry()).rejects.toMatchObject({
      code: 'ERR_CHECKSUM',
      problem: expect.stringContaining(place) as string,
      remedy: expect.stringContaining('start again') as string,
    });
    await expect(entry()).resolves.toBe(place);
    expect(builds).toBe(2);
    await expect(readFile(join(place, 'engine'), 'utf8')).resolves.toBe('the engine');
  });

  it('leaves it to the machine whom a Python program trusts', async () => {
    const place = await entry();
    await mkdir(join(place, 'lib', 'certifi'), { recursive: true });
    await writeFile(join(place, 'lib', 'certifi', 'cacert.pem'), 'and the proxy of this machine');
    await expect(entry()).resolves.toBe(place);
    expect(builds).toBe(1);
  });

  it('leaves nothing of a failed build', async () => {
    const failing = cache.entry(
      key,
      async (target) => {
        await writeFile(join(target, 'half'), '');
        throw new Error('out of space');
      },
      silently,
    );
    await expect(failing).rejects.toThrow('out of space');
    await expect(readdir(join(folder, 'cache'))).resolves.toEqual([]);
    await entry();
  });

  it('lets one process build while the other waits for it', async () => {
    const first = startBuilding();
    await answerOf(first);
    const second = startBuilding();
    const [one, two] = await Promise.all([answerOf(first), answerOf(second)]);
    expect(one).toBe(join(folder, 'cache', entryName(key)));
    expect(two).toBe(one);
    await expect(readFile(join(folder, 'builds'), 'utf8')).resolves.toBe('built\n');
  });

  it('is not blocked by a build that was killed', async () => {
    const child = startBuilding('hang');
    await answerOf(child);
    child.kill('SIGKILL');
    await once(child, 'exit');

    // The lock of the dead is given up when it was not renewed for a while; let that while have passed.
    const lock = join(folder, 'cache', `${entryName(key)}.lock`);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);

    const place = await entry();
    expect(builds).toBe(1);
    await expect(readdir(join(folder, 'cache'))).resolves.toEqual([entryName(key)]);
    await expect(readFile(join(place, 'engine'), 'utf8')).resolves.toBe('the engine');
  });

  it('is not blocked by what a killed build had started, and writes on where it was built', async () => {
    const left = join(folder, 'cache', `${entryName(key)}.building-left`);
    // With `:` for `true`, a shell ends at the first file that has no folder any more.
    const writing = spawn('sh', [
      '-c',
      'n=0; while true; do mkdir -p "$0/a/b"; for at in 1 2 3 4 5 6 7 8; do n=$((n + 1)); true >"$0/a/b/$n"; done; done 2>/dev/null',
      left,
    ]);
    const exit = once(writing, 'exit');
    try {
      await until(() => existsSync(join(left, 'a/b/8')));
      await readFile(join(await entry(), 'engine'), 'utf8');
      expect(builds).toBe(1);
      expect(writing.exitCode).toBeNull();
    } finally {
      writing.kill('SIGKILL');
      await exit;
    }
  });
});
