import { EventEmitter } from 'node:events';
import { Pool, type PoolClient, type PoolConfig, type PoolOptions, type QueryResult } from 'pg';
import type { Consumer, Generation } from '../lease/consumer';
import { deadlineOf, type Credential } from '../lease/credential';
import type { Lease } from '../lease/lease';
import type { Clock } from '../../time/clock';
import { closePool, drainPool } from './drain-pool';
import { warmUp } from './warm-up';

/** Everything of `pg.PoolConfig` but the user and the password, which Vault lends. */
export type PostgresPoolOptions = Omit<PoolConfig, 'user' | 'password' | 'connectionString'>;

/** PostgreSQL's own words for "I do not take this user": invalid password, or no such role. */
const REFUSED = new Set(['28P01', '28000']);
/** How long `end()` waits for work in flight. */
const END_MS = 10_000;
/** Longest warming of a new pool, and its share of the time that the old one still serves. */
const WARM_UP_MS = 5_000;
const WARM_UP_SHARE = 0.25;
/** Those of `pg.Pool`. */
const POOL_DEFAULTS = {
  max: 10,
  maxUses: Infinity,
  allowExitOnIdle: false,
  maxLifetimeSeconds: 0,
  idleTimeoutMillis: 10_000,
};
const OF_CONNECTIONS = ['connect', 'remove', 'error'] as const;
const OF_QUERIES = ['acquire', 'release'] as const;

/**
 * A pool with the interface of `pg.Pool` whose user and password change under load. During a rotation two
 * real pools exist: new queries go to the new one as soon as it is connected and probed; the old one
 * finishes what it has, and only then its user is revoked. The database must therefore allow
 * {@link RotatingPool.connectionBudget} connections: twice `max`.
 */
export class RotatingPool extends EventEmitter implements Pool, Consumer {
  /** Of every pool that is still to be made. */
  readonly options: PoolOptions;
  /** With those that still drain. */
  readonly #pools = new Set<Pool>();
  /** Forwarded only while somebody listens: they come with every query. */
  readonly #ofQueries = OF_QUERIES.map((name) => ({
    name,
    forward: (...args: unknown[]): void => void this.emit(name, ...args),
  }));
  #current: { readonly pool: Pool; readonly user: string } | undefined;
  #end: Promise<void> | undefined;
  #ended = false;

  constructor(
    private readonly lease: Lease,
    private readonly clock: Clock,
    options: PostgresPoolOptions,
  ) {
    super();
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    this.options = { ...POOL_DEFAULTS, ...(Object.fromEntries(given) as Partial<PoolOptions>) };
    this.on('newListener', (event: string | symbol) => this.#hearQueries(event, 'on'));
    this.on('removeListener', (event: string | symbol) => this.#hearQueries(event, 'off'));
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
    this.#end ??= this.lease.close(END_MS).finally(() => (this.#ended = true));
    if (callback === undefined) return this.#end;
    void this.#end.finally(callback);
    return;
  }) as Pool['end'];

  async prepare(credential: Credential): Promise<Generation> {
    const { user, password } = credential;
    const pool = new Pool({ ...this.options, user, password: password.reveal() });
    this.#forwardFrom(pool);
    const clients = new Set<PoolClient>();
    pool.on('connect', (client) => clients.add(client)).on('remove', (client) => clients.delete(client));
    try {
      await warmUp(pool, this.totalCount, this.clock, this.#warmUpMs);
    } catch (error) {
      await this.#close(pool, clients);
      throw error;
    }
    return {
      activate: () => {
        this.#current = { pool, user };
      },
      drain: (boundMs) => {
        // Drained without a successor: closed. Queries then hear why from the lease.
        if (this.#current?.pool === pool) this.#current = undefined;
        return drainPool(pool, this.clock, boundMs);
      },
      close: () => this.#close(pool, clients),
    };
  }

  expire(): void {
    this.#current = undefined;
  }

  get #warmUpMs(): number {
    const { credential } = this.lease;
    const left = credential ? deadlineOf(credential) - this.clock.monotonic() : 0;
    return Math.min(WARM_UP_MS, WARM_UP_SHARE * left);
  }

  /** The path of every query: it makes one promise, where `pg.Pool#query` makes two. */
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

  /** After a failure: refused while connecting, nothing was sent, so that the work may start again as a new user. */
  async #after<T>(error: unknown, user: string, work: (pool: Pool) => Promise<T>): Promise<T> {
    if (!isRefusal(error)) throw withStack(error);
    await this.lease.refused(user);
    return this.#whenReady(work);
  }

  async #whenReady<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    await this.lease.ready();
    // Between ready and here nothing runs, so a credential that serves is still there.
    return this.#current === undefined ? this.#whenReady(work) : work(this.#current.pool);
  }

  #forwardFrom(pool: Pool): void {
    this.#pools.add(pool);
    for (const name of OF_CONNECTIONS) {
      pool.on(name as 'connect', (...args: unknown[]) => {
        // A pool without a listener for 'error' would end the process for a connection that died while idle.
        if (name !== 'error' || this.listenerCount('error') > 0) this.emit(name, ...args);
      });
    }
    for (const { name, forward } of this.#ofQueries) {
      if (this.listenerCount(name) > 0) pool.on(name, forward);
    }
  }

  /** Before the first listener comes, and after the last one went. */
  #hearQueries(event: string | symbol, change: 'on' | 'off'): void {
    const heard = this.#ofQueries.find(({ name }) => name === event);
    if (heard === undefined || this.listenerCount(event) > 0) return;
    for (const pool of this.#pools) {
      if (change === 'on') pool.on(heard.name, heard.forward);
      else pool.off(heard.name, heard.forward);
    }
  }

  async #close(pool: Pool, clients: ReadonlySet<PoolClient>): Promise<void> {
    await closePool(pool, clients, this.clock);
    this.#pools.delete(pool);
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

/** Given a callback, `pg.Pool#query` makes no promise of its own. */
function send(pool: Pool, [text, values]: readonly unknown[], callback: Callback): void {
  (pool as unknown as Queryable).query(text, values, callback);
}

/** The way to the caller instead of the way to the socket, as `pg.Pool` has it. */
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
