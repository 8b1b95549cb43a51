import { access } from 'node:fs/promises';
import { LocalError } from '../errors';
import { onPath } from '../on-path';
import type { EngineContext } from './context';

/**
 * The binary of a Redis: on PATH, else from Debian's archive when we are root there.
 * @throws LocalError `engine_missing`, `engine_build_failed`
 */
export async function findRedis({ run, note }: Pick<EngineContext, 'run' | 'note'>): Promise<string> {
  const installed = await onPath('redis-server');
  if (installed !== undefined) return installed;

  const remedy = 'install redis-server (Debian: apt-get install redis-server), or name one in REDIS_URL';
  const apt = await onPath('apt-get');
  const mayInstall = process.getuid?.() === 0 && apt !== undefined && (await isDebian());
  if (!mayInstall) throw new LocalError('engine_missing', 'no redis-server is on PATH', remedy);

  note('installing redis-server with apt');
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // The package would start a server of its own; ours are started with the run and end with it.
    RUNLEVEL: '1',
  };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'redis-server']]) {
    await run.complete(
      { name: `apt-get ${args[0] ?? ''}`, command: apt, args: ['--quiet', ...args], env },
      { code: 'engine_build_failed', remedy },
    );
  }
  const binary = await onPath('redis-server');
  if (binary === undefined) throw new LocalError('engine_missing', 'apt installed no redis-server', remedy);
  return binary;
}

async function isDebian(): Promise<boolean> {
  return access('/etc/debian_version').then(
    () => true,
    () => false,
  );
}
