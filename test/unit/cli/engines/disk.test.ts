import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainDiskError } from '../../../../cli/src/engines/disk';

/** As Node makes it. */
const errorOf = (code: string, syscall: string, path?: string): Error =>
  Object.assign(new Error(code), { code, syscall, ...(path !== undefined && { path }) });

describe('a folder that may not be written to', () => {
  const before = process.env.PORTCULLIS_CACHE;
  // Below the temporary folder, as it is in a container whose home is there.
  const cache = join(tmpdir(), 'home', '.cache', 'portcullis');
  beforeEach(() => (process.env.PORTCULLIS_CACHE = cache));
  afterAll(() => {
    if (before === undefined) delete process.env.PORTCULLIS_CACHE;
    else process.env.PORTCULLIS_CACHE = before;
  });

  it.each([
    ['what is in it', 'EROFS', join(cache, 'opentofu.lock'), 'PORTCULLIS_CACHE'],
    ['the folder itself', 'EACCES', cache, 'PORTCULLIS_CACHE'],
    ['a folder above it, which Node says is not there', 'ENOENT', join(tmpdir(), 'home'), 'PORTCULLIS_CACHE'],
    ['a file above it', 'ENOTDIR', join(tmpdir(), 'home', '.cache'), 'PORTCULLIS_CACHE'],
    ['the temporary folder, which is above it too', 'EROFS', tmpdir(), 'TMPDIR'],
    ['what is in the temporary folder', 'EROFS', join(tmpdir(), 'portcullis-1'), 'TMPDIR'],
  ])('is told with the variable that names another: %s', async (_what, code, path, variable) => {
    await expect(explainDiskError(errorOf(code, 'mkdir', path))).resolves.toMatchObject({
      code: 'ERR_DISK',
      problem: expect.stringContaining(path) as string,
      remedy: expect.stringContaining(`name another folder in ${variable}`) as string,
    });
  });

  it('is one whose name another begins with', async () => {
    const error = errorOf('EACCES', 'open', `${cache}-of-others`);
    await expect(explainDiskError(error)).resolves.toMatchObject({
      remedy: expect.stringContaining('TMPDIR') as string,
    });
  });

  it('is not what a file that is missing makes of it', async () => {
    const error = errorOf('ENOENT', 'open', join(cache, 'manifest.json'));
    await expect(explainDiskError(error)).resolves.toBe(error);
  });

  it('is told where a file lies where a folder should be', async () => {
    process.env.PORTCULLIS_CACHE = '/dev/null/cache';
    const error = await mkdir('/dev/null/cache', { recursive: true }).catch((caught: unknown) => caught);
    await expect(explainDiskError(error, '/dev/null/cache')).resolves.toMatchObject({
      code: 'ERR_DISK',
      remedy: expect.stringContaining('PORTCULLIS_CACHE') as string,
    });
  });
});
