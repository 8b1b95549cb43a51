import { join } from 'node:path';
import { loadedFiles } from '../../../support/loaded-files';

const POLICY = join(__dirname, '../../../../runtime/src/policy/index.ts');

/** After some code, in which `policy` is what the package exports. */
const filesOfZod = (code: string): number =>
  loadedFiles(`const policy = require(${JSON.stringify(POLICY)}); ${code}`, /[\\/]node_modules[\\/]zod[\\/]/);

test('what reads a policy is loaded without zod: commands, and stacks without an API, need no more of it', () => {
  expect(filesOfZod("policy.readLimit('5/1m'); policy.shownAddress('https://a.example')")).toBe(0);
});

test('definePolicy() loads it', () => {
  expect(filesOfZod('try { policy.definePolicy({}) } catch {}')).toBeGreaterThan(0);
});
