import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import manifest from '../../package.json';

const CHECKOUT = join(__dirname, '../..');
const names = Object.keys(manifest.scripts).filter((name) => name.startsWith('bench:'));

test.each(names)('npm run %s -- --help runs nothing', (name) => {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', name, '--', '--help'], {
    cwd: CHECKOUT,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/Exits 0 whether goals are met or not/);
});
