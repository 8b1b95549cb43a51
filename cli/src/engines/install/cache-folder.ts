import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where engines are kept: outside every checkout, so that clones share them. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { PORTCULLIS_CACHE: ours, XDG_CACHE_HOME: xdg } = environment;
  if (ours !== undefined && ours !== '') return ours;
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache'), 'portcullis');
}
