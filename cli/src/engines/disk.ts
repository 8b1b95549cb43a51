import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { PortcullisError } from '../errors';
import { cacheFolder } from './install/cache-folder';

/** A disk with less than this counts as full: what fails there fails for want of space. */
const FULL_BYTES = 1_000_000;

/** The two folders that a command writes to, each with the variable that names another. */
const places = (): readonly { folder: string; holds: string; variable: string }[] => [
  { folder: cacheFolder(), holds: 'engines', variable: 'PORTCULLIS_CACHE' },
  { folder: tmpdir(), holds: "the servers' data and logs", variable: 'TMPDIR' },
];

/**
 * Says in words what the file system answered: which folder, what was to be written there, what to do. Any other
 * error comes back as it is.
 *
 * @param folder where it happened: what fails while writing names no path, and may have been removed since.
 */
export async function explainDiskError(error: unknown, folder?: string): Promise<unknown> {
  const { code = '', path } = error as NodeJS.ErrnoException;
  const isFull = ['ENOSPC', 'EDQUOT'].includes(code);
  if (!isFull && !['EROFS', 'EACCES', 'EPERM'].includes(code)) return error;
  const known = path ?? folder;
  const named = places().find((one) => known?.startsWith(one.folder));
  const place = named ?? (await fullPlace());
  const where = known ?? place?.folder;
  if (where === undefined) return error;
  const what = place === undefined ? 'a file' : place.holds;
  const other = place === undefined ? '' : `, or name another folder in ${place.variable}`;
  return new PortcullisError(
    'ERR_DISK',
    `${what} cannot be written to ${where}: ${isFull ? 'the disk is full' : `it may not be written (${code})`}`,
    `${isFull ? 'free some space there' : 'make it writable'}${other}`,
    { cause: error },
  );
}

/** To be thrown when a program failed and the disk is full: its log, on the same disk, may say nothing. */
export async function fullDisk(program: string): Promise<PortcullisError | undefined> {
  const place = await fullPlace();
  return (
    place &&
    new PortcullisError(
      'ERR_DISK',
      `${program} failed: the disk that holds ${place.folder} is full`,
      `free some space there, or name another folder in ${place.variable}`,
    )
  );
}

/** Fails early where the temporary folder has no room for the servers. @throws PortcullisError `ERR_DISK` */
export async function requireSpace(bytes: number): Promise<void> {
  const free = await freeBytes(tmpdir());
  if (free === undefined || free >= bytes) return;
  const megabytes = (count: number): string => `${Math.floor(count / 1e6)} MB`;
  throw new PortcullisError(
    'ERR_DISK',
    `${tmpdir()} has ${megabytes(free)} free; the servers' data and logs need ${megabytes(bytes)}`,
    'free some space there, or name another folder in TMPDIR',
  );
}

async function fullPlace(): Promise<ReturnType<typeof places>[number] | undefined> {
  for (const place of places()) {
    const free = await freeBytes(place.folder);
    if (free !== undefined && free < FULL_BYTES) return place;
  }
  return undefined;
}

/** For users other than root; undefined where the folder does not exist. */
async function freeBytes(folder: string): Promise<number | undefined> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
}
