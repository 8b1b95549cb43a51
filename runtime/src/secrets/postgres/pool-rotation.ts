import type { Pool, PoolClient, PoolOptions, QueryResult } from '../../peer-types';
import type { Clock } from '../../time/clock';
import type { Consumer, Generation, Lender } from '../lease/consumer';
import type { Credential } from '../lease/credential';
import { closePool, drainPool, PoolClosedError } from './drain-pool';
import type { PgModule } from './load-pg';
import { PoolEvents } from './pool-events';
import { isRefusal } from './refusal';
import { rotatingPoolOf, type RotatingPool, type Rotation } from './rotating-pool';
import { warmUp } from './warm-up';

/** How long `end()` waits for work in flight. */
const END_MS = 10_000;
/** Longest time to warm up a new pool; and at most this share of the time for which the old one still serves. */
const WARM_UP_MS = 5_000;
const WARM_UP_SHARE = 0.25;

export interface PoolRotationOptions {
  readonly pg: PgModule;
  readonly lender: Lender;
  readonly clock: Clock;
  /** The options of each real pool, without the user and the password. */
  readonly pool: PoolOptions;
}

/**
 * The real pools behind a rotating one: one, and two during a rotation. New queries go to the new pool as soon as it is
 * connected and probed; the old one finishes what it has, and only then its user is revoked.
 */
export class PoolRotation implements Consumer, Rotation {
  /** What the application holds. */
  readonly facade: RotatingPool;
  readonly #events: PoolEvents;
  #current: { readonly pool: Pool; readonly user: string } | undefined;
  #end: Promise<void> | undefined;

  constructor(private readonly options: PoolRotationOptions) {
    this.facade = new (rotatingPoolOf(options.pg))(this, options.pool);
    this.#events = new PoolEvents(this.facade);
  }

  get pool(): Pool | undefined {
    return this.#current?.pool;
  }

  /** Drains and closes; the user is revoked, and no credential is leased any more. */
  end(): Promise<void> {
    this.#current = undefined;
    return (this.#end ??= this.options.lender.close(END_MS));
  }

  async prepare({ user, password }: Credential, servesForMs: number): Promise<Generation> {
    const { clock, pg } = this.options;
    const pool = new pg.Pool({ ...this.options.pool, user, password: password.reveal() });
    this.#events.add(pool);
    const clients = new Set<PoolClient>();
    pool.on('connect', (client) => {
      clients.add(client);
      this.#hearRefusals(client, user);
    });
    pool.on('remove', (client) => clients.delete(client));
    const open = this.pool?.totalCount ?? 0;
    try {
      await warmUp(pool, open, clock, Math.min(WARM_UP_MS, WARM_UP_SHARE * servesForMs));
    } catch (error) {
      await this.#close(pool, clients);
      throw error;
    }
    return {
      activate: () => {
        this.#current = { pool, user };
      },
      drain: (boundMs) => {
        // It is drained although nothing took its place: at the end. Queries then hear why from the lease.
        if (this.#current?.pool === pool) this.#current = undefined;
        return drainPool(pool, clock, boundMs);
      },
      close: () => this.#close(pool, clients),
    };
  }

  expire(): void {
    this.#current = undefined;
  }

  /** Every query goes through here. It makes one promise, where `pg.Pool#query` makes two. */
  query(args: readonly unknown[]): Promise<QueryResult> {
    const current = this.#current;
    if (current === undefined) return this.#whenReady((pool) => ask(pool, args));
    return new Promise((resolve, reject) => {
      send(current.pool, args, (error, result) => {
        if (error) this.#after(error, current.user, (pool) => ask(pool, args)).then(resolve, reject);
        else resolve(result);
      });
    });
  }

  async connect(): Promise<PoolClient> {
    const current = this.#current;
    const connect = (pool: Pool): Promise<PoolClient> => pool.connect();
    if (current === undefined) return this.#whenReady(connect);
    return connect(current.pool).catch((error: unknown) => this.#after(error, current.user, connect));
  }

  /** After a failure. Where the user was refused or no connection was had, nothing was sent: the work starts again. */
  async #after<T>(error: unknown, user: string, work: (pool: Pool) => Promise<T>): Promise<T> {
    if (isRefusal(error)) await this.options.lender.refused(user);
    else if (!(error instanceof PoolClosedError)) throw withStack(error);
    return this.#whenReady(work);
  }

  async #whenReady<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    await this.options.lender.ready();
    // The credential that became ready may have expired since, or another may have taken its place.
    return this.#current === undefined ? this.#whenReady(work) : work(this.#current.pool);
  }

  /** A pooler may refuse the user on a connection that is open, to whoever holds it. */
  #hearRefusals(client: PoolClient, user: string): void {
    const { connection } = client as Partial<ConnectionOwner>;
    connection?.on('errorMessage', (error) => {
      if (isRefusal(error)) this.options.lender.refused(user).catch(() => undefined);
    });
  }

  async #close(pool: Pool, clients: ReadonlySet<PoolClient>): Promise<void> {
    await closePool(pool, clients, this.options.clock);
    this.#events.remove(pool);
  }
}

/** `pg.Pool#query` without its overloads. */
interface Queryable {
  query(text: unknown, values: unknown, callback: Callback): void;
}

type Callback = (error: Error | undefined, result: QueryResult) => void;
/** What `pg` keeps of a connection; not in its types, and another thing in `pg.native`. */
interface ConnectionOwner {
  readonly connection: { on(event: 'errorMessage', listener: (error: unknown) => void): unknown };
}

function ask(pool: Pool, args: readonly unknown[]): Promise<QueryResult> {
  return new Promise((resolve, reject) =>
    send(pool, args, (error, result) => (error ? reject(error) : resolve(result))),
  );
}

/** `pg.Pool#query` makes no promise of its own when it is given a callback. */
function send(pool: Pool, [text, values]: readonly unknown[], callback: Callback): void {
  (pool as unknown as Queryable).query(text, values, callback);
}

/** The error with a stack that leads to the caller instead of to the socket, as pg.Pool gives it. */
function withStack(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) Error.captureStackTrace(error);
  return error;
}
