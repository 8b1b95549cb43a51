/** Builds a cache entry as one of several starts would: its build ends only when the other start waits for it. */
import { appendFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { until } from './until';

// Nothing is left of it when the test is gone.
process.once('disconnect', () => process.exit());

const [folder = '', mode] = process.argv.slice(2);
const waiting = join(folder, 'somebody-waits');

async function build(target: string): Promise<void> {
  await appendFile(join(folder, 'builds'), 'built\n');
  await writeFile(join(target, 'engine'), 'the engine');
  process.send?.('building');
  if (mode === 'hang') await new Promise((resolve) => setTimeout(resolve, 600_000));
  await until(() => (existsSync(waiting) ? Promise.resolve() : Promise.reject(new Error('nobody waited'))));
}

void new EngineCache(join(folder, 'cache'))
  .entry({ name: 'engine', version: '1.0.0', checksum: 'sum' }, build, () => void writeFile(waiting, ''))
  .then((entry) => process.send?.(entry, () => process.exit(0)));
