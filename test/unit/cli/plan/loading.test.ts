import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const SOURCES = join(__dirname, '../../../../cli/src');

/** How many files of zod a process has loaded after this code, which can `load()` what is in the sources. */
function filesOfZod(code: string): number {
  const script = `const load = (path) => require(${JSON.stringify(SOURCES)} + '/' + path); ${code};
    console.log(Object.keys(require.cache).filter((file) => /[\\\\/]node_modules[\\\\/]zod[\\\\/]/.test(file)).length);`;
  const args = ['--require', require.resolve('tsx/cjs'), '--eval', script];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

test('the app is started before zod is loaded: its synthesis is what a plan waits for', () => {
  expect(filesOfZod("load('plan/command')")).toBe(0);
});

test('a config loads it', () => {
  expect(filesOfZod("try { load('config/define-config').defineConfig({}) } catch {}")).toBeGreaterThan(0);
});
