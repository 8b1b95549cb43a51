import { EventEmitter } from 'node:events';
import { Pool, type PoolClient, type PoolOptions, type QueryResult } from 'pg';
import type { Clock } from '../../time/clock';
import type { Consumer, Generation, Lender } from '../lease/consumer';
import type { Credential } from '../lease/credential';
import { closePool, drainPool, PoolClosedError } from './drain-pool';
import { PoolEvents } from './pool-events';
import { warmUp } from './warm-up';

/** PostgreSQL's codes for a user that it does not take: invalid password, no such role. */
const REFUSED = new Set(['28P01', '28000']);
/** How long `end()` waits for work in flight. */
const END_MS = 10_000;
/** Longest time to warm up a new pool; and at most this share of the time for which the old one still serves. */
const WARM_UP_MS = 5_000;
const WARM_UP_SHARE = 0.25;
/**
 * A pool with the interface of `pg.Pool` whose user and password change under load. During a rotation two
 * real pools exist: new queries go to the new one as soon as it is connected and probed; the old one
 * finishes what it has, and only then its user is revoked. The database must therefore allow
 * {@link RotatingPool.connectionBudget} connections: twice `max`.
 */
export class RotatingPool extends EventEmitter implements Pool, Consumer {
  readonly #events = new PoolEvents(this);
  #current: { readonly pool: Pool; readonly user: string } | undefined;
  #end: Promise<void> | undefined;
  #ended = false;

  constructor(
    private readonly lender: Lender,
    private readonly clock: Clock,
    /** The options of each real pool, without the user and the password. */
    readonly options: PoolOptions,
  ) {
    super();
  }

  /** Most connections that can be open at once: the old pool's and the new one's. */
  get connectionBudget(): number {
    return 2 * this.options.max;
  }

  get totalCount(): number {
    return this.#current?.pool.totalCount ?? 0;
  }

  get idleCount(): number {
    return this.#current?.pool.idleCount ?? 0;
  }

  get waitingCount(): number {
    return this.#current?.pool.waitingCount ?? 0;
  }

  get expiredCount(): number {
    return this.#current?.pool.expiredCount ?? 0;
  }

  get ending(): boolean {
    return this.#end !== undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** As `pg.Pool#query`. @throws SecretsError `ERR_CREDENTIAL_EXPIRED` or `ERR_CREDENTIAL_UNAVAILABLE`. */
  readonly query: Pool['query'] = ((...args: unknown[]) => {
    const callback = args.at(-1);
    if (typeof callback !== 'function') return this.#query(args);
    void settle(this.#query(args.slice(0, -1)), callback as Callback);
    return;
  }) as Pool['query'];

  /** As `pg.Pool#connect`. A client keeps the user it was opened with until it is released. */
  readonly connect: Pool['connect'] = ((callback?: ConnectCallback) => {
    const client = this.#connect();
    if (callback === undefined) return client;
    client.then(
      (value) => callback(undefined, value, value.release.bind(value)),
      (error: unknown) => callback(error as Error, undefined, () => undefined),
    );
    return;
  }) as Pool['connect'];

  /** As `pg.Pool#end`: drains and closes; the user is revoked too, and no credential is leased any more. */
  readonly end: Pool['end'] = ((callback?: () => void) => {
    this.#current = undefined;
    this.#end ??= this.lender.close(END_MS).finally(() => (this.#ended = true));
    if (callback === undefined) return this.#end;
    void this.#end.finally(callback);
    return;
  }) as Pool['end'];

  async prepare({ user, password }: Credential, servesForMs: number): Promise<Generation> {
    const pool = new Pool({ ...this.options, user, password: password.reveal() });
    this.#events.add(pool);
    const clients = new Set<PoolClient>();
    pool.on('connect', (client) => clients.add(client)).on('remove', (client) => clients.delete(client));
    try {
      await warmUp(pool, this.totalCount, this.clock, Math.min(WARM_UP_MS, WARM_UP_SHARE * servesForMs));
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
        return drainPool(pool, this.clock, boundMs);
      },
      close: () => this.#close(pool, clients),
    };
  }

  expire(): void {
    this.#current = undefined;
  }

  /** Every query goes through here. It makes one promise, where `pg.Pool#query` makes two. */
  #query(args: unknown[]): Promise<QueryResult> {
    const current = this.#current;
    if (current === undefined) return this.#whenReady((pool) => ask(pool, args));
    return new Promise((resolve, reject) => {
      send(current.pool, args, (error, result) => {
        if (error) this.#after(error, current.user, (pool) => ask(pool, args)).then(resolve, reject);
        else resolve(result);
      });
    });
  }

  async #connect(): Promise<PoolClient> {
    const current = this.#current;
    const connect = (pool: Pool): Promise<PoolClient> => pool.connect();
    if (current === undefined) return this.#whenReady(connect);
    return connect(current.pool).catch((error: unknown) => this.#after(error, current.user, connect));
  }

  /** After a failure. Where the user was refused or no connection was had, nothing was sent: the work starts again. */
  async #after<T>(error: unknown, user: string, work: (pool: Pool) => Promise<T>): Promise<T> {
    if (isRefusal(error)) await this.lender.refused(user);
    else if (!(error instanceof PoolClosedError)) throw withStack(error);
    return this.#whenReady(work);
  }

  async #whenReady<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    await this.lender.ready();
    // The credential that became ready may have expired since, or another may have taken its place.
    return this.#current === undefined ? this.#whenReady(work) : work(this.#current.pool);
  }

  async #close(pool: Pool, clients: ReadonlySet<PoolClient>): Promise<void> {
    await closePool(pool, clients, this.clock);
    this.#events.remove(pool);
  }
}

/** `pg.Pool#query` without its overloads. */
interface Queryable {
  query(text: unknown, values: unknown, callback: Callback): void;
}

type Callback = (error: Error | undefined, result: QueryResult) => void;
type ConnectCallback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

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

async function settle(work: Promise<QueryResult>, callback: Callback): Promise<void> {
  try {
    const result = await work;
    process.nextTick(callback, undefined, result);
  } catch (error) {
    process.nextTick(callback, error, undefined);
  }
}

function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && REFUSED.has(String(error.code));
}
