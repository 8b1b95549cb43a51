import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { PortcullisError } from '../../errors';
import { cacheFolder } from '../../engines/install/cache-folder';
import type { VaultFootprint } from './footprint';

/** What is about to be changed on servers of the user's own. No credential of theirs is in it. */
export interface Changes {
  /** Of this installation; part of the name of Vault's user, and of the mark on what PostgreSQL gets. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly startedAt: number;
  readonly database: string;
  /** Vault's own user in PostgreSQL and Redis. */
  readonly vaultUser: string;
  readonly footprint: VaultFootprint;
  /** Addresses without users and passwords; of servers of the user's own only. */
  readonly vault?: string;
  readonly postgres?: string;
  readonly redis?: string;
  /** Decrypts the state that lies beside. */
  readonly statePassphrase: string;
}

/** Longer than the lock's owner takes to renew it. */
const STALE_MS = 10_000;

const folderOfAll = (): string => join(cacheFolder(), 'given');

/**
 * The changes, and the state of the deploy, written before the first of them is made and removed after the last of
 * them is undone. It outlives this process: whatever ends it, what is left to undo is known.
 */
export class ChangeRecord {
  private constructor(
    readonly changes: Changes,
    private readonly release: () => Promise<void>,
  ) {}

  static async create(changes: Changes): Promise<ChangeRecord> {
    const folder = join(folderOfAll(), changes.id);
    await mkdir(join(folder, 'state'), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, 'changes.json'), JSON.stringify(changes, null, 2), { mode: 0o600 });
    return new ChangeRecord(changes, await lockOf(folder));
  }

  /** @throws PortcullisError `ERR_SETTING` when there is none, or the start that made it still runs */
  static async open(id: string): Promise<ChangeRecord> {
    const changes = (await ChangeRecord.all()).find((one) => one.id === id);
    if (changes === undefined) {
      throw new PortcullisError(
        'ERR_SETTING',
        `no changes ${id} are recorded below ${folderOfAll()}`,
        'give the ID that npm start printed; without a record there is nothing to give back',
      );
    }
    const release = await lockOf(join(folderOfAll(), id)).catch((cause: unknown) => {
      throw new PortcullisError(
        'ERR_SETTING',
        `the npm start that made the changes ${id} still runs`,
        'stop it with Ctrl-C: it then gives everything back itself',
        { cause },
      );
    });
    return new ChangeRecord(changes, release);
  }

  /** Every record that there is. */
  static async all(): Promise<readonly Changes[]> {
    const ids = await readdir(folderOfAll()).catch(() => []);
    const read = ids.map((id) =>
      readFile(join(folderOfAll(), id, 'changes.json'), 'utf8').then(
        (text) => [JSON.parse(text) as Changes],
        () => [],
      ),
    );
    return (await Promise.all(read)).flat();
  }

  get folder(): string {
    return join(folderOfAll(), this.changes.id);
  }

  get stateFolder(): string {
    return join(this.folder, 'state');
  }

  /** Everything is given back: nobody needs it any more. */
  async remove(): Promise<void> {
    await this.release();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Leaves it to another process to finish. */
  async keep(): Promise<void> {
    await this.release();
  }
}

/** The lock file lies beside the folder, so that removing the folder removes no lock that is held. */
function lockOf(folder: string): Promise<() => Promise<void>> {
  return lock(folder, { realpath: false, stale: STALE_MS, onCompromised: () => undefined });
}
