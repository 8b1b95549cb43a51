import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { PortcullisError } from '../../errors';
import { explainDiskError } from '../disk';
import type { Note } from '../progress';
import { sha256Hex } from '../random';
import { cacheFolder } from './cache-folder';

/** Names an entry. The checksum is the pinned one of the source, so that another source makes another entry. */
export interface CacheKey {
  readonly name: string;
  readonly version: string;
  readonly checksum: string;
}

/** Puts the files of an entry into the folder. */
export type Build = (folder: string, note: Note) => Promise<void>;

const MANIFEST = 'manifest.json';

/**
 * The certificate authorities that a Python program trusts. The machine may change this file: some machines add their
 * proxy's certificate to every copy of it.
 */
const TRUSTED_CERTIFICATES = join('certifi', 'cacert.pem');

/** The SHA-256 of each file of an entry, by its path in the entry, as it was when installed. */
type Manifest = Readonly<Record<string, string>>;

/** A timer keeps the lock of a build alive. A lock that was not kept alive for this long belongs to a dead process. */
const STALE_MS = 10_000;
/** The longest build, of the AWS provider, took two hours on two cores that had other work. */
const WAIT_MS = 3 * 3_600_000;

/** The name of an entry's folder. The machine is part of it: a home folder may be shared by several. */
export function entryName({ name, version, checksum }: CacheKey): string {
  return `${name}-${version}-${process.platform}-${process.arch}-${sha256Hex(checksum).slice(0, 12)}`;
}

/**
 * Engines that were built or downloaded once. An entry appears whole, by one rename, or not at all; what it
 * holds is hashed again at each use, so that a damaged or exchanged file never runs.
 */
export class EngineCache {
  constructor(private readonly folder: string = cacheFolder()) {}

  /**
   * The folder of the entry, built first if it is not there. Of several processes that want the same entry
   * one builds and the others wait.
   * @throws PortcullisError `ERR_CHECKSUM` when a file is not what was installed. The entry is set aside, so
   * that the next call builds it anew; `ERR_CACHE_BUSY` when another process builds for too long; `ERR_DISK`.
   */
  async entry(key: CacheKey, build: Build, note: Note): Promise<string> {
    const folder = join(this.folder, entryName(key));
    if (await exists(folder)) return verified(folder);
    return this.built(folder, build, note).catch(async (error: unknown) => {
      throw await explainDiskError(error, this.folder);
    });
  }

  private async built(folder: string, build: Build, note: Note): Promise<string> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const release = await this.lock(folder, note);
    try {
      if (await exists(folder)) return await verified(folder);
      await install(folder, build, note);
      return folder;
    } finally {
      await release();
    }
  }

  private async lock(folder: string, note: Note): Promise<() => Promise<void>> {
    const { lock } = await import('proper-lockfile');
    const options = {
      realpath: false,
      stale: STALE_MS,
      // A process can lose the lock when the machine sleeps. It then still ends in a rename, and only one rename succeeds.
      onCompromised: () => undefined,
    };
    try {
      return await lock(folder, options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      note('another start is building it; waiting');
    }
    const everyMs = 250;
    return lock(folder, {
      ...options,
      retries: { retries: WAIT_MS / everyMs, factor: 1, minTimeout: everyMs, maxTimeout: everyMs },
    }).catch((cause: unknown) => {
      throw new PortcullisError(
        'ERR_CACHE_BUSY',
        `another process has been building ${basename(folder)} for ${WAIT_MS / 60_000} minutes`,
        'end it, then start again',
        { cause },
      );
    });
  }
}

async function install(folder: string, build: Build, note: Note): Promise<void> {
  await removeLeftovers(folder);
  const temporary = await mkdtemp(`${folder}.building-`);
  try {
    await build(temporary, note);
    const manifest = await hashesOf(temporary);
    await writeFile(join(temporary, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/**
 * What an interrupted build left. We hold the lock: nobody is building there now, but what a killed build had started may
 * still write there (npm, say). What cannot be removed for it hinders nobody, and is removed another time.
 */
async function removeLeftovers(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.building-`;
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(prefix)) continue;
    await rm(join(dirname(folder), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function verified(folder: string): Promise<string> {
  const [expected, found] = await Promise.all([readManifest(folder), hashesOf(folder)]);
  const wrong = [...new Set([...Object.keys(expected), ...Object.keys(found)])].filter(
    (file) => expected[file] !== found[file],
  );
  if (wrong.length === 0 && Object.keys(found).length > 0) return folder;

  const aside = `${folder}.rejected`;
  await rm(aside, { recursive: true, force: true });
  await rename(folder, aside);
  throw new PortcullisError(
    'ERR_CHECKSUM',
    `the cached engine ${folder} is not what was installed: ${wrong.join(', ') || 'it is empty'} differs`,
    `start again to install it anew; the entry was set aside as ${aside}`,
  );
}

async function readManifest(folder: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as Manifest;
  } catch {
    // Missing or unreadable: every file then differs from it.
    return {};
  }
}

async function hashesOf(folder: string): Promise<Manifest> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file !== join(folder, MANIFEST) && !file.endsWith(TRUSTED_CERTIFICATES));
  const hashes: [string, string][] = [];
  // One after the other, through one buffer: a Python program is some 16,000 files.
  const buffer = Buffer.allocUnsafe(1 << 20);
  for (const file of files) hashes.push([relative(folder, file), await hashOf(file, buffer)]);
  return Object.fromEntries(hashes.sort());
}

async function hashOf(file: string, buffer: Buffer): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
