import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../../package.json';

const CHECKOUT = join(__dirname, '../../..');
const scripts = Object.entries(manifest.scripts).filter(([name]) => name.startsWith('bench:'));

/** As npm runs it. */
const bench = (name: string, ...args: string[]) =>
  spawnSync(process.execPath, [...manifest.scripts[name as 'bench:all'].split(' ').slice(1), ...args], {
    cwd: CHECKOUT,
    env: { ...process.env, npm_lifecycle_event: name },
    encoding: 'utf8',
  });

test('each benchmark is a script, and runs after its options were read', () => {
  const files = readdirSync(join(CHECKOUT, 'bench')).filter((name) => name.endsWith('.ts'));
  expect(scripts.map(([, command]) => command).sort()).toEqual(
    files.map((file) => `node --import tsx bench/${file}`).sort(),
  );
});

// The others are loaded for seconds: bench.release.test.ts
test.each(['bench:all', 'bench:load'])('%s --help runs nothing', (name) => {
  const { status, stdout, stderr } = bench(name, '--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/Exits 0 whether goals are met or not/);
});

test.each([
  ['bench:all', ['--colour'], "Unknown option '--colour'"],
  ['bench:load', ['--colour'], "Unknown option '--colour'"],
  ['bench:load', ['--rounds', 'lots'], '--rounds: received lots; expected a whole number, 1 or more'],
  ['bench:load', ['now'], "Unexpected argument 'now'"],
])('%s %j is refused in one line', (name, args, problem) => {
  expect(bench(name, ...args)).toMatchObject({
    status: 2,
    stdout: '',
    stderr: `npm run ${name}: ${problem}; see \`npm run ${name} -- --help\`\n`,
  });
});

test.each([
  [['--help'], 0],
  [['19'], 2],
  [['--colour'], 2],
])('npm run test:nodes -- %j tries nothing', (args, code) => {
  const command = manifest.scripts['test:nodes'].split(' ').slice(1);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], {
    cwd: CHECKOUT,
    encoding: 'utf8',
  });
  expect(status).toBe(code);
  if (code === 0) expect(stdout).toMatch(/^Usage: npm run test:nodes --/);
  else expect(stderr).toMatch(/^error: .*\n$/);
});
