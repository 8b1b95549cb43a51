import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkLibraries } from '../../../../cli/src/local/servers/postgres-binaries';

describe("the libraries of PostgreSQL's package", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-libraries-'));
    await mkdir(join(folder, 'lib'));
    await writeFile(join(folder, 'lib/libpq.so.5.18'), 'library');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const list = (links: object[]) => writeFile(join(folder, 'pg-symlinks.json'), JSON.stringify(links));

  it('have the names that programs look for, wherever their folder is, however often that is asked for', async () => {
    await list([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]);
    await Promise.all([linkLibraries(folder), linkLibraries(folder)]);
    await linkLibraries(folder);
    expect(await readlink(join(folder, 'lib/libpq.so.5'))).toBe('libpq.so.5.18');
    expect(await readFile(join(folder, 'lib/libpq.so.5'), 'utf8')).toBe('library');
  });

  it('need no other names on a platform whose package lists none', async () => {
    await expect(linkLibraries(folder)).resolves.toBeUndefined();
  });

  it('are not passed over where a link cannot be written', async () => {
    await list([{ source: 'native/lib/libpq.so.5.18', target: 'native/elsewhere/libpq.so.5' }]);
    await expect(linkLibraries(folder)).rejects.toThrow('ENOENT');
  });
});
