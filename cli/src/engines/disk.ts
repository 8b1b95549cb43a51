import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { sep } from 'node:path';
import { PortcullisError } from '../errors';
import { cacheFolder } from './install/cache-folder';

/** A disk with less than this counts as full: what fails there fails for want of space. */
const FULL_BYTES = 1_000_000;

/** A folder that a command writes to, and the variable that names another. */
interface Place {
  readonly folder: string;
  readonly holds: string;
  readonly variable: string;
}

const places = (): readonly Place[] => [
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
  const why = reasonOf(error as NodeJS.ErrnoException);
  if (why === undefined) return error;
  const known = (error as NodeJS.ErrnoException).path ?? folder;
  const place = (known === undefined ? undefined : placeOf(known)) ?? (await fullPlace());
  const where = known ?? place?.folder;
  if (where === undefined) return error;
  const what = place === undefined ? 'a file' : place.holds;
  const other = place === undefined ? '' : `, or name another folder in ${place.variable}`;
  return new PortcullisError(
    'ERR_DISK',
    `${what} cannot be written to ${where}: ${why}`,
    `${why === FULL ? 'free some space there' : 'make it writable'}${other}`,
    { cause: error },
  );
}

const FULL = 'the disk is full';

/** Why nothing can be written; undefined when the error is about something else. */
function reasonOf({ code = '', syscall }: NodeJS.ErrnoException): string | undefined {
  if (['ENOSPC', 'EDQUOT'].includes(code)) return FULL;
  if (['EROFS', 'EACCES', 'EPERM'].includes(code)) return `it may not be written (${code})`;
  if (syscall !== 'mkdir') return undefined;
  // Node's recursive mkdir says ENOENT where the system said EROFS: otherwise it makes what is not there.
  if (code === 'ENOENT') return 'it may not be written, no folder can be made there';
  return code === 'ENOTDIR' ? 'a file is where a folder should be' : undefined;
}

/** Whose path it is: of the folder itself, of what is in it, or of a folder above it that has to be made first. */
function placeOf(path: string): Place | undefined {
  const [place] = places()
    .filter(({ folder }) => isWithin(path, folder) || isWithin(folder, path))
    // The temporary folder may be above the cache; what was asked for is then the longer of both, unless it is one.
    .sort(
      (a, b) => Number(b.folder === path) - Number(a.folder === path) || b.folder.length - a.folder.length,
    );
  return place;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
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

async function fullPlace(): Promise<Place | undefined> {
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
