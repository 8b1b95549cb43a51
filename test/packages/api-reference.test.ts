/** `npm run docs:api`: TypeDoc fails on a warning, such as of a link that leads nowhere. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { useRun } from '../support/engines';
import { PACKAGES } from './registry';

const CHECKOUT = join(__dirname, '../..');
const run = useRun();

/** What a user can import, by the name that they import it by. */
async function entriesOf(workspace: string): Promise<string[]> {
  const text = await readFile(join(CHECKOUT, workspace, 'package.json'), 'utf8');
  const { name, exports } = JSON.parse(text) as { name: string; exports: Record<string, unknown> };
  return Object.keys(exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => join(name, subpath).replace(/\/$/, ''));
}

it('has a page for each entry of each package, and no warning', async () => {
  const folder = await run().subfolder('reference');
  await promisify(execFile)('npm', ['run', '--silent', 'docs:api', '--', '--out', folder], { cwd: CHECKOUT });
  const pages = await readdir(join(folder, 'modules'));
  const titles = new Set<string | undefined>();
  for (const page of pages) {
    titles.add(/<title>(\S+)/.exec(await readFile(join(folder, 'modules', page), 'utf8'))?.[1]);
  }
  const entries = (await Promise.all(PACKAGES.map(entriesOf))).flat();
  expect([...titles]).toEqual(expect.arrayContaining(entries));
});
