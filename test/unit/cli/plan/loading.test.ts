import { join } from 'node:path';
import { loadedFiles } from '../../../support/loaded-files';

const SOURCES = join(__dirname, '../../../../cli/src');

/** Files of zod and of the policy, after code that can `load()` what is in the sources. */
const filesOfPolicy = (code: string): number =>
  loadedFiles(
    `const load = (path) => require(${JSON.stringify(SOURCES)} + '/' + path); ${code}`,
    /[\\/](node_modules[\\/]zod|runtime[\\/](src|dist)[\\/]policy)[\\/]/,
  );

test('the app is started before zod and the policy’s tools are loaded: its synthesis is what a plan waits for', () => {
  expect(filesOfPolicy("load('program'); load('plan/command')")).toBe(0);
});

test('a config loads them', () => {
  expect(filesOfPolicy("load('config/define-config')")).toBeGreaterThan(0);
  expect(filesOfPolicy("try { load('config/define-config').defineConfig({}) } catch {}")).toBeGreaterThan(
    filesOfPolicy("load('config/define-config')"),
  );
});
