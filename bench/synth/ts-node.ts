import { join } from 'node:path';
import type { EngineContext } from '../../cli/src/engines/install/context';
import { onPath } from '../../cli/src/engines/install/on-path';

const VERSION = '10.9.2';
const INTEGRITY =
  'sha512-f0FFpIdcHgn8zcPSbf1dRevwt047YMnaiJM3u2w2RewrB+fob/zePZcrOyQoLMMO7aBIddLcQIEK5dYjkLnGrQ==';

/** ts-node's program. Only this benchmark wants it, so that it is kept where the engines are. */
export async function findTsNode({ run, cache, note }: EngineContext): Promise<string> {
  const folder = await cache.entry(
    { name: 'ts-node', version: VERSION, checksum: INTEGRITY },
    async (target) => {
      await run.complete(
        {
          name: 'npm',
          command: (await onPath('npm')) ?? 'npm',
          args: ['install', '--no-fund', '--no-audit', '--prefix', target, `ts-node@${VERSION}`],
          env: process.env,
        },
        { code: 'ERR_ENGINE_BUILD', remedy: 'check that npm reaches its registry' },
      );
    },
    note,
  );
  return join(folder, 'node_modules', 'ts-node', 'dist', 'bin.js');
}
