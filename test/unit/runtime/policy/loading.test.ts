import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const POLICY = join(__dirname, '../../../../runtime/src/policy/index.ts');

/** How many files of zod a process has loaded after some code of it, in which `policy` is what the package exports. */
function filesOfZod(code: string): number {
  const script = `const policy = require(${JSON.stringify(POLICY)}); ${code};
    console.log(Object.keys(require.cache).filter((file) => /[\\\\/]node_modules[\\\\/]zod[\\\\/]/.test(file)).length);`;
  const args = ['--require', require.resolve('tsx/cjs'), '--eval', script];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

test('what reads a policy is loaded without zod: commands, and stacks without an API, need no more of it', () => {
  expect(filesOfZod("policy.readLimit('5/1m'); policy.shownAddress('https://a.example')")).toBe(0);
});

test('definePolicy() loads it', () => {
  expect(filesOfZod('try { policy.definePolicy({}) } catch {}')).toBeGreaterThan(0);
});
