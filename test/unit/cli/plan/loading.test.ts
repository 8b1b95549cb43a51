import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const SOURCES = join(__dirname, '../../../../cli/src');

/** How many files of zod and of the policy a process has loaded after this code, which can `load()` what is in the sources. */
function filesOfPolicy(code: string): number {
  const script = `const load = (path) => require(${JSON.stringify(SOURCES)} + '/' + path); ${code};
    const ours = /[\\\\/](node_modules[\\\\/]zod|runtime[\\\\/](src|dist)[\\\\/]policy)[\\\\/]/;
    console.log(Object.keys(require.cache).filter((file) => ours.test(file)).length);`;
  const args = ['--require', require.resolve('tsx/cjs'), '--eval', script];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

test('the app is started before zod and the policy’s tools are loaded: its synthesis is what a plan waits for', () => {
  expect(filesOfPolicy("load('program'); load('plan/command')")).toBe(0);
});

test('a config loads them', () => {
  expect(filesOfPolicy("load('config/define-config')")).toBeGreaterThan(0);
  expect(filesOfPolicy("try { load('config/define-config').defineConfig({}) } catch {}")).toBeGreaterThan(
    filesOfPolicy("load('config/define-config')"),
  );
});
