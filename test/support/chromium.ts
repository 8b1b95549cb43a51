import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { describeUnless } from './skipped';

/** Looked for when the file is loaded, because that is when jest has to know what is skipped. */
const found = spawnSync(
  process.execPath,
  ['--import', require.resolve('tsx'), join(__dirname, 'find-chromium.ts')],
  { encoding: 'utf8' },
);

/** `describe` where there is a Chromium. */
export const describeInChromium = describeUnless(
  found.status === 0 ? undefined : `no Chromium: ${found.stderr.trim().split('\n').at(-1) ?? ''}`,
);

/** A browser for the tests of a `describe`. @param more arguments of Chromium's own */
export function useChromium(...more: readonly string[]): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    // Chromium's own sandbox does not work for root.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: found.stdout.trim(), args: [...args, ...more] });
  });
  afterAll(() => browser?.close());
  return () => {
    if (browser === undefined) throw new Error('the browser is there only while tests run');
    return browser;
  };
}
