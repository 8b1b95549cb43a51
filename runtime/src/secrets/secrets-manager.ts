import { EventEmitter } from 'node:events';
import type { z } from 'zod';
import { backoffMs } from './backoff';
import { pause, within } from './clock';
import { SecretsError } from './errors';
import type { EmitEvent, SecretsEvent } from './events';
import { readKvEntry } from './kv/read-entry';
import { databaseSource } from './lease/database-source';
import { Lease } from './lease/lease';
import { ROTATE_AT } from './lease/lease-life';
import { resolveOptions, type SecretsManagerOptions } from './options';
import { RotatingPool, type PostgresPoolOptions } from './postgres/rotating-pool';
import type { RedisDriver } from './redis/driver';
import { nodeRedis, type NodeRedisClient } from './redis/node-redis';
import { RotatingRedis } from './redis/rotating-redis';
import { Scheduler } from './scheduler';
import { readinessOf, statusOf, type SecretsReadiness, type SecretsStatus } from './status';
import { VaultAccess } from './vault/access';
import { VaultClient } from './vault/client';
import { isTransient } from './vault/failure';
import type { Session } from './vault/session';
import { TokenKeeper } from './vault/token-keeper';

type Resolved = ReturnType<typeof resolveOptions>;

/** Where Redis is, and how to talk to it. */
export interface RedisClientOptions<Native = NodeRedisClient> {
  readonly host: string;
  readonly port?: number;
  /** @default true, but false on loopback */
  readonly tls?: boolean;
  readonly database?: number;
  /** The client library: `nodeRedis()` or `ioredis(Redis)`. @default nodeRedis() */
  readonly driver?: RedisDriver<Native>;
}

/**
 * Everything secret that a service uses: one token, the credentials leased under it, KV entries. Keeps them
 * valid, replaces them under load, gives them back.
 *
 * @example
 * const secrets = await SecretsManager.connect();
 * const pool = secrets.postgresPool('fintech-api-role', { host: 'db.internal', database: 'fintech' });
 * await pool.query('SELECT current_user');
 * await secrets.close();
 */
export class SecretsManager {
  readonly #events = new EventEmitter<{ event: [SecretsEvent] }>();
  readonly #abort = new AbortController();
  readonly #scheduler: Scheduler;
  readonly #vault: VaultClient;
  readonly #keeper: TokenKeeper;
  readonly #access: VaultAccess;
  readonly #leases: Lease[] = [];
  #withoutTokenSince: number | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly options: Resolved,
    onEvent: EmitEvent | undefined,
  ) {
    const { clock, addresses, login, namespace, ca } = options;
    if (onEvent) this.#events.on('event', onEvent);
    this.#scheduler = new Scheduler(clock);
    this.#vault = new VaultClient({
      addresses,
      timeoutMs: 10_000,
      ...(namespace !== undefined && { namespace }),
      ...(ca !== undefined && { ca }),
    });
    this.#keeper = new TokenKeeper({
      vault: this.#vault,
      method: login,
      clock,
      emit: this.#emit,
      signal: this.#abort.signal,
      onReplaced: (old) => void this.#leaseAnew(old),
      onWithoutToken: (error) => this.#withoutToken(error),
    });
    this.#access = new VaultAccess(this.#vault, this.#keeper, this.#abort.signal);
  }

  /**
   * Logs in. Waits for a Vault that is unreachable, sealed or throttling, up to `startupSeconds`; whatever
   * waiting cannot mend fails at once.
   *
   * @throws SecretsError with the code of the reason.
   */
  static async connect(options: SecretsManagerOptions = {}): Promise<SecretsManager> {
    const manager = new SecretsManager(resolveOptions(options, process.env), options.onEvent);
    try {
      await manager.#firstLogin();
    } catch (error) {
      await manager.#vault.close();
      throw error;
    }
    manager.#scheduler.add(manager.#keeper);
    return manager;
  }

  /**
   * Reads a KV v2 entry. The object prints as `[secret]`; its fields are as the schema makes them.
   *
   * @param path mount and entry, as in `secret/fintech-api/config`.
   * @throws SecretsError `ERR_KV_NOT_FOUND`, `ERR_KV_SCHEMA`, or MissingCapabilityError.
   */
  async kv<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
    return (await readKvEntry(this.#access, path, schema)).value;
  }

  /** A pool with the interface of `pg.Pool`, whose user Vault leases from `<mount>/creds/<role>`. */
  postgresPool(role: string, options: PostgresPoolOptions = {}): RotatingPool {
    const lease = this.#lease(role);
    const pool = new RotatingPool(lease, this.options.clock, options);
    this.#start(lease, pool);
    return pool;
  }

  /** A Redis client whose user Vault leases from `<mount>/creds/<role>`. */
  redisClient<Native = NodeRedisClient>(
    role: string,
    options: RedisClientOptions<Native>,
  ): RotatingRedis<Native> {
    const { host, port = 6_379, tls = !isLoopback(host), database } = options;
    const driver = options.driver ?? (nodeRedis() as unknown as RedisDriver<Native>);
    const lease = this.#lease(role);
    const endpoint = { host, port, tls, ...(database !== undefined && { database }) };
    const redis = new RotatingRedis(lease, this.options.clock, endpoint, driver);
    this.#start(lease, redis);
    return redis;
  }

  /** Tells of every rotation; returns a function that stops it. */
  scheduleCredentialRefresh(
    onRefresh: (event: Extract<SecretsEvent, { type: 'credential_rotated' }>) => void,
  ): () => void {
    return this.onEvent((event) => {
      if (event.type === 'credential_rotated') onRefresh(event);
    });
  }

  /** Tells of everything; returns a function that stops it. */
  onEvent(listener: EmitEvent): () => void {
    this.#events.on('event', listener);
    return () => void this.#events.off('event', listener);
  }

  /**
   * Replaces every leased credential now. Resolves when the old ones are drained, closed and revoked.
   *
   * @throws the first failure; what could not be replaced keeps serving.
   */
  async rotate(): Promise<void> {
    await Promise.all(this.#leases.map((lease) => lease.rotate()));
  }

  status(): SecretsStatus {
    return statusOf(this.options.clock, this.#keeper, this.#leases);
  }

  readiness(): SecretsReadiness {
    return readinessOf(this.status());
  }

  /**
   * Drains, closes, revokes every lease and at last the token, within `closeSeconds` together. What Vault
   * does not take back in time ends by its TTL. Never rejects; repeated calls share one shutdown.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  readonly #emit: EmitEvent = (event) => {
    if (event.type === 'token_obtained' || event.type === 'token_replaced')
      this.#withoutTokenSince = undefined;
    this.#events.emit('event', event);
  };

  #lease(role: string): Lease {
    const { clock, databaseMount: mount, rotateShare = ROTATE_AT, drainMs, startupMs } = this.options;
    const source = databaseSource({ access: this.#access, clock, mount, role });
    return new Lease({
      source,
      clock,
      scheduler: this.#scheduler,
      emit: this.#emit,
      rotateShare,
      drainMs,
      startupMs,
    });
  }

  #start(lease: Lease, consumer: Parameters<Lease['serve']>[0]): void {
    if (this.#closing) throw new SecretsError('ERR_SECRETS_CLOSED', 'the SecretsManager is closed');
    lease.serve(consumer);
    this.#leases.push(lease);
    this.#scheduler.add(lease);
  }

  async #firstLogin(): Promise<void> {
    const { clock, startupMs } = this.options;
    const end = clock.now() + startupMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#keeper.login();
        return;
      } catch (error) {
        const wait = backoffMs(attempt, clock.random());
        if (!isTransient(error) || clock.now() + wait > end) {
          this.#reportMisuse(error);
          throw error;
        }
        await pause(clock, wait);
      }
    }
  }

  #reportMisuse(error: unknown): void {
    if (!(error instanceof SecretsError) || !error.code.startsWith('ERR_WRAPPING_TOKEN_')) return;
    this.#emit({ type: 'wrapping_token_misused', code: error.code, message: error.message });
  }

  /** What was leased under the old token is replaced, then the old token is given back. */
  async #leaseAnew(old: Session): Promise<void> {
    const results = await Promise.allSettled(this.#leases.map((lease) => lease.leaseAnew()));
    if (results.every(({ status }) => status === 'fulfilled')) await this.#revokeToken(old);
  }

  async #revokeToken({ token }: Session): Promise<void> {
    await this.#vault.send({ method: 'POST', path: 'auth/token/revoke-self', token }).catch(() => undefined);
  }

  #withoutToken(error: SecretsError): void {
    const { clock, withoutTokenMs, onLoginImpossible } = this.options;
    this.#withoutTokenSince ??= clock.now();
    if (clock.now() - this.#withoutTokenSince >= withoutTokenMs) onLoginImpossible(error);
  }

  async #close(): Promise<void> {
    const { clock, closeMs } = this.options;
    const end = clock.now() + closeMs;
    const work = async (): Promise<void> => {
      await this.#scheduler.stop();
      await Promise.all(this.#leases.map((lease) => lease.close(closeMs / 2)));
      const session = this.#keeper.state.valid ? this.#keeper.session : undefined;
      if (session) await this.#revokeToken(session);
    };
    await within(clock, end - clock.now(), work());
    this.#abort.abort();
    await within(clock, 1_000, this.#vault.close());
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
