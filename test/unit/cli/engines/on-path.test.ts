import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { onPath } from '../../../../cli/src/engines/install/on-path';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-path-'));
  for (const name of ['one', 'two']) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const place = async (file: string, mode: number): Promise<void> => {
  await writeFile(join(folder, file), '');
  await chmod(join(folder, file), mode);
};
const path = (): string => ['', join(folder, 'one'), join(folder, 'two')].join(delimiter);

describe('looking for a command on PATH', () => {
  it('finds the first executable', async () => {
    await place('one/engine', 0o755);
    await place('two/engine', 0o755);
    await expect(onPath('engine', path())).resolves.toBe(join(folder, 'one/engine'));
  });

  it('passes over a file that cannot be executed, and a folder of that name', async () => {
    await place('one/engine', 0o644);
    await place('two/engine', 0o755);
    await expect(onPath('engine', path())).resolves.toBe(join(folder, 'two/engine'));
    await mkdir(join(folder, 'one/other'));
    await place('two/other', 0o755);
    await expect(onPath('other', path())).resolves.toBe(join(folder, 'two/other'));
  });

  it('finds nothing where nothing is, the present folder included', async () => {
    await expect(onPath('engine', path())).resolves.toBeUndefined();
    await expect(onPath('package.json', '')).resolves.toBeUndefined();
  });
});
