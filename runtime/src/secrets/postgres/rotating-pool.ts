import type { EventEmitter } from 'node:events';
import type { Pool, PoolClient, PoolOptions, QueryResult } from '../../peer-types';
import type { PgModule } from './load-pg';

/**
 * A `pg.Pool` whose user and password change under load. During a rotation two real pools exist behind it, so the
 * database must allow {@link RotatingPool.connectionBudget} connections.
 *
 * What is held over a rotation keeps its user until it is released, for `drainSeconds` (by default 30 s) at most. A
 * client that is still held then hears what it would hear of a lost connection: its queries reject, and it emits
 * `error`, where somebody listens to that, and `end`. So whoever holds one for LISTEN connects again.
 */
export interface RotatingPool extends Pool {
  /** Most connections that can be open at once, the old pool's and the new one's: twice `max`. */
  readonly connectionBudget: number;
}

/** What stands behind the pool. */
export interface Rotation {
  /** The real pool that new work goes to; `undefined` while no credential serves. */
  readonly pool: Pool | undefined;
  query(args: readonly unknown[]): Promise<QueryResult>;
  connect(): Promise<PoolClient>;
  end(): Promise<void>;
}

type RotatingPoolClass = new (rotation: Rotation, options: PoolOptions) => RotatingPool;

const classes = new WeakMap<PgModule['Pool'], RotatingPoolClass>();

/**
 * The class of rotating pools that inherits from this `pg.Pool`: libraries ask `instanceof`, and give each statement of
 * a transaction a connection of its own where the answer is no.
 */
export function rotatingPoolOf(pg: PgModule): RotatingPoolClass {
  let made = classes.get(pg.Pool);
  if (made === undefined) classes.set(pg.Pool, (made = inherit(pg)));
  return made;
}

function inherit(pg: PgModule): RotatingPoolClass {
  // As a class without members: types do not let accessors take the place of the properties that pg.Pool declares.
  const Base = pg.Pool as unknown as new (options: PoolOptions) => EventEmitter;

  return class RotatingPool extends Base implements Pool {
    declare readonly options: PoolOptions;
    declare ending: boolean;
    declare ended: boolean;
    readonly #rotation: Rotation;

    constructor(rotation: Rotation, options: PoolOptions) {
      super(options);
      this.#rotation = rotation;
    }

    get connectionBudget(): number {
      return 2 * this.options.max;
    }

    get totalCount(): number {
      return this.#rotation.pool?.totalCount ?? 0;
    }

    get idleCount(): number {
      return this.#rotation.pool?.idleCount ?? 0;
    }

    get waitingCount(): number {
      return this.#rotation.pool?.waitingCount ?? 0;
    }

    get expiredCount(): number {
      return this.#rotation.pool?.expiredCount ?? 0;
    }

    /** As `pg.Pool#query`. @throws SecretsError `ERR_CREDENTIAL_EXPIRED` or `ERR_CREDENTIAL_UNAVAILABLE`. */
    readonly query: Pool['query'] = ((...args: unknown[]) => {
      const callback = args.at(-1);
      if (typeof callback !== 'function') return this.#rotation.query(args);
      void settle(this.#rotation.query(args.slice(0, -1)), callback as Callback);
      return;
    }) as Pool['query'];

    /** As `pg.Pool#connect`. A client keeps the user it was opened with until it is released. */
    readonly connect: Pool['connect'] = ((callback?: ConnectCallback) => {
      const client = this.#rotation.connect();
      if (callback === undefined) return client;
      client.then(
        (value) => callback(undefined, value, value.release.bind(value)),
        (error: unknown) => callback(error as Error, undefined, () => undefined),
      );
      return;
    }) as Pool['connect'];

    /** As `pg.Pool#end`: drains and closes; the user is revoked too, and no credential is leased any more. */
    readonly end: Pool['end'] = ((callback?: () => void) => {
      this.ending = true;
      const end = this.#rotation.end().finally(() => (this.ended = true));
      if (callback === undefined) return end;
      void end.finally(callback);
      return;
    }) as Pool['end'];
  };
}

type Callback = (error: Error | undefined, result: QueryResult) => void;
type ConnectCallback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

async function settle(work: Promise<QueryResult>, callback: Callback): Promise<void> {
  try {
    const result = await work;
    process.nextTick(callback, undefined, result);
  } catch (error) {
    process.nextTick(callback, error, undefined);
  }
}
