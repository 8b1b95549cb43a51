import { execFileSync } from 'node:child_process';

/** How many files whose paths match a process of its own has loaded after this code, which can `require()` TypeScript. */
export function loadedFiles(code: string, paths: RegExp): number {
  const script = `${code};
    console.log(Object.keys(require.cache).filter((file) => ${paths}.test(file)).length);`;
  const args = ['--require', require.resolve('tsx/cjs'), '--eval', script];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}
