import type { z } from 'zod';
import { harmless, Listeners, type Listener } from '../listener';
import { within } from '../time/clock';
import type { EmitEvent, SecretsEvent } from './events';
import { KvReader } from './kv/kv-reader';
import { WatchedEntry } from './kv/watched-entry';
import type { Lender } from './lease/consumer';
import type { Credential, CredentialSource, Leased, Lent, Login } from './lease/credential';
import { pathSource } from './lease/path-source';
import { databaseSource } from './lease/vault-source';
import { LeasedSecret } from './lease/leased-secret';
import { LeaseRegistry } from './lease/lease-registry';
import { Revocations } from './lease/revocations';
import { secretsMetrics } from './metrics';
import {
  resolveCredentials,
  resolveLease,
  resolveOptions,
  resolvePostgresPool,
  resolveRedisClient,
  resolveWatchKv,
  type CredentialsOptions,
  type LeaseOptions,
  type PostgresPoolOptions,
  type RedisClientOptions,
  type ResolvedOptions,
  type SecretsManagerOptions,
  type WatchKvOptions,
} from './options';
import { loadPg } from './postgres/load-pg';
import { PoolRotation } from './postgres/pool-rotation';
import type { RotatingPool } from './postgres/rotating-pool';
import type { NodeRedisClient } from './redis/drivers/node-redis';
import { upstashRest, type UpstashRequester } from './redis/drivers/upstash-rest';
import { RotatingRedis } from './redis/rotating-redis';
import { elastiCacheIam, type ElastiCacheIam } from './redis/sources/elasticache-iam';
import { checkRedisSource, type LeasedRedis, type RedisSource } from './redis/sources/source';
import { upstash, upstashSchema, type Upstash } from './redis/sources/upstash';
import { Scheduler } from './scheduler';
import { hideWhenPrinted } from './secret';
import { serveStatus } from './status-server';
import { readinessOf, statusOf, type SecretsReadiness, type SecretsStatus } from './status';
import { VaultConnection } from './vault/connection';
import { TransitPseudonyms, type Pseudonyms } from './transit/pseudonyms';
import type { Session } from './vault/session';

/** What a shutdown keeps for its last request. */
const FAREWELL_MS = 2_000;

/**
 * All the secrets that a service uses: one Vault token, the credentials leased under it, KV entries. It keeps them valid,
 * replaces them under load, and revokes them at the end.
 *
 * @example
 * const secrets = await SecretsManager.connect();
 * const pool = secrets.postgresPool('fintech-api-role', { host: 'db.internal', database: 'fintech' });
 * await pool.query('SELECT current_user');
 * await secrets.close();
 */
export class SecretsManager {
  readonly #events = new Listeners<SecretsEvent>('onEvent');
  readonly #emit: EmitEvent = (event) => this.#events.tell(event);
  readonly #scheduler: Scheduler;
  readonly #revocations: Revocations;
  readonly #vault: VaultConnection;
  readonly #kv: KvReader;
  readonly #leases: LeaseRegistry;
  readonly #metrics: ReturnType<typeof secretsMetrics>;
  #statusServer: Awaited<ReturnType<typeof serveStatus>> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(private readonly options: ResolvedOptions) {
    const { clock, onEvent, meterProvider } = options;
    this.#metrics = secretsMetrics(() => this.status(), meterProvider);
    this.onEvent(this.#metrics.onEvent);
    if (onEvent) this.onEvent(onEvent);
    this.#scheduler = new Scheduler(clock);
    this.#revocations = new Revocations(clock, this.#scheduler);
    this.#vault = new VaultConnection({
      ...options,
      emit: this.#emit,
      onTokenReplaced: (old) => void this.#leave(old),
      onPlanChanged: () => this.#scheduler.wake(),
    });
    this.#kv = new KvReader(this.#vault.access);
    this.#leases = new LeaseRegistry({
      ...options,
      emit: this.#emit,
      scheduler: this.#scheduler,
      revocations: this.#revocations,
    });
  }

  /**
   * Logs in. It waits up to `startupSeconds` for a Vault that is unreachable, sealed or throttling, and fails at once if
   * waiting would not help.
   *
   * @throws SecretsError with the code of the reason: `ERR_SECRETS_CONFIG`, `ERR_VAULT_…`, `ERR_LOGIN_SOURCE`,
   * `ERR_WRAPPING_TOKEN_…`.
   */
  static async connect(options: SecretsManagerOptions = {}): Promise<SecretsManager> {
    const manager = new SecretsManager(resolveOptions(options, process.env));
    const { startupMs, statusSocket } = manager.options;
    try {
      await manager.#vault.logIn(startupMs);
      if (statusSocket !== undefined) {
        manager.#statusServer = await serveStatus(statusSocket, () => manager.status());
      }
    } catch (error) {
      manager.#metrics.stop();
      manager.#vault.close();
      throw error;
    }
    manager.#scheduler.add(manager.#vault.keeper);
    return manager;
  }

  /**
   * Reads a KV v2 entry once. The object prints as `[secret]`; its fields are what the schema makes of them.
   *
   * @param path mount and entry, such as `secret/fintech-api/config`.
   * @throws SecretsError `ERR_KV_NOT_FOUND`, `ERR_KV_VERSION`, `ERR_KV_SCHEMA`, or MissingCapabilityError.
   */
  async kv<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
    return (await this.#kv.read(path, schema)).value;
  }

  /**
   * Reads a KV v2 entry and follows its versions: a new version of a secret reaches the running service, and what the
   * version before signed or sealed is still accepted for a while.
   *
   * @throws SecretsError as `kv()`, for the first read only; later the last good version stays, and the event `kv_failed`
   * has the reason.
   * @example
   * const keys = await secrets.watchKv('secret/fintech-api/config', z.object({ jwt_signing_key: secret() }));
   * sign(keys.current.jwt_signing_key);
   * verify(keys.accepted.map((version) => version.jwt_signing_key));
   */
  async watchKv<S extends z.ZodType>(
    path: string,
    schema: S,
    options: WatchKvOptions = {},
  ): Promise<WatchedEntry<z.output<S>>> {
    const watched = await WatchedEntry.start({
      ...resolveWatchKv(options),
      path,
      read: (version) => this.#kv.read(path, schema, version),
      clock: this.options.clock,
      emit: this.#emit,
    });
    this.#scheduler.add(watched);
    return watched;
  }

  /**
   * Pseudonyms for people in logs. This process can make and not resolve them; `portcullis whois` can, for a reason that
   * Vault's audit log keeps.
   *
   * @param key mount and key of a transit engine, as the construct `PseudonymKey` makes them: `pseudonyms/orders`.
   * @throws SecretsError `ERR_SECRETS_CONFIG`
   * @example
   * const pseudonyms = secrets.pseudonyms('pseudonyms/orders');
   * logger.info({ subject: await pseudonyms.of(req.auth) }, 'ordered');
   */
  pseudonyms(key: string): Pseudonyms {
    const { clock } = this.options;
    return new TransitPseudonyms({ access: this.#vault.access, clock, emit: this.#emit, key });
  }

  /**
   * A `pg.Pool` whose user Vault leases from `<mount>/creds/<role>`. It is an instance of the application's own `pg.Pool`,
   * for libraries that check.
   *
   * @throws SecretsError `ERR_SECRETS_CONFIG`, `ERR_SECRETS_CLOSED`
   */
  postgresPool(role: string, options: PostgresPoolOptions = {}): RotatingPool {
    const { pg = loadPg(), mount, ...pool } = resolvePostgresPool(options);
    const { clock } = this.options;
    return this.#leases.open(
      this.#database(role, mount, (login) => login),
      (lender) => new PoolRotation({ pg, lender, clock, pool }),
    ).facade;
  }

  /**
   * A user and a password that Vault leases from `<mount>/creds/<role>`, for drivers that take no pool: read `current`
   * whenever a connection is made, or listen by `onRotate()`.
   *
   * @throws SecretsError as for `lease()`
   * @example
   * const credentials = await secrets.credentials('reports-role');
   * sequelize.addHook('beforeConnect', (config) => {
   *   const { user, password } = credentials.current;
   *   Object.assign(config, { username: user, password: password.reveal() });
   * });
   */
  async credentials(role: string, options: CredentialsOptions = {}): Promise<LeasedSecret<Login>> {
    const { graceMs, mount } = resolveCredentials(options);
    const source = this.#database<Leased<Login>>(role, mount, (login) => ({
      user: login.user,
      value: hideWhenPrinted(login),
    }));
    return this.#leased(source, graceMs);
  }

  /**
   * Anything that Vault leases, followed over its rotations: cloud keys, a certificate, a user of any engine. It is
   * replaced at the same share of its life as a database user, and revoked by `close()`.
   *
   * @param path of the request to Vault, such as `aws/creds/reports`. The Vault policy has to grant it, and
   * `sys/leases/revoke/<path>/*`.
   * @throws SecretsError `ERR_LEASE_MISSING`, `ERR_LEASE_SCHEMA`, `ERR_SECRETS_CONFIG`, MissingCapabilityError; or the
   * reason why nothing was leased within `startupSeconds`.
   * @example
   * const keys = await secrets.lease('aws/creds/reports', z.object({ access_key: z.string(), secret_key: secret() }));
   * const client = new S3Client({ credentials: () => toAws(keys.current) });
   */
  async lease<S extends z.ZodType>(
    path: string,
    schema: S,
    options: LeaseOptions = {},
  ): Promise<LeasedSecret<z.output<S>>> {
    const { graceMs, parameters } = resolveLease(options);
    const { clock } = this.options;
    const source = pathSource({ access: this.#vault.access, clock }, { path, schema, parameters });
    return this.#leased(source, graceMs);
  }

  /**
   * A Redis client whose credentials are replaced while it is used. They come from Vault (the name of a role is enough),
   * from ElastiCache's IAM authentication, or, for Upstash, from a KV entry.
   *
   * @throws SecretsError `ERR_SECRETS_CONFIG`, `ERR_SECRETS_CLOSED`
   * @example
   * secrets.redisClient('redis-role', { host: 'cache.internal' });
   * secrets.redisClient({ kind: 'elasticache-iam', user: 'api', cache: 'limits' }, { host: 'limits.abc.cache.amazonaws.com' });
   * secrets.redisClient({ kind: 'upstash', path: 'secret/fintech-api/upstash' });
   */
  redisClient<Native = NodeRedisClient>(
    source: string | LeasedRedis | ElastiCacheIam,
    options: RedisClientOptions<Native>,
  ): RotatingRedis<Native>;
  redisClient(source: Upstash): RotatingRedis<UpstashRequester>;
  redisClient(source: RedisSource, options?: RedisClientOptions<unknown>): RotatingRedis {
    checkRedisSource(source);
    const { clock } = this.options;
    const overRest = typeof source === 'object' && source.kind === 'upstash';
    const target = overRest ? upstashRest() : resolveRedisClient(options);
    return this.#leases.open(
      this.#redisSource(source),
      (lender) => new RotatingRedis<unknown>(lender, clock, target),
    );
  }

  /**
   * Calls a listener for each credential that was replaced, once new work uses the new one. It schedules nothing: the
   * policy's lifetimes say when credentials are replaced, and `rotate()` replaces them now. Use it to log rotations, or to
   * notify code that keeps a credential of its own.
   *
   * @param onRefresh may be async; if it fails, the process emits a warning, and nothing else changes.
   * @returns a function that removes the listener.
   */
  scheduleCredentialRefresh(
    onRefresh: Listener<Extract<SecretsEvent, { type: 'credential_rotated' }>>,
  ): () => void {
    const refreshed = harmless(onRefresh, 'onRefresh');
    return this.onEvent((event) => {
      if (event.type === 'credential_rotated') refreshed(event);
    });
  }

  /**
   * Calls a listener with every event.
   *
   * @param listener may be async; if it fails, the process emits a warning, and nothing else changes.
   * @returns a function that removes the listener.
   */
  onEvent(listener: Listener<SecretsEvent>): () => void {
    return this.#events.add(listener);
  }

  /**
   * Replaces every leased credential now. It resolves once the old ones are drained, closed and revoked.
   *
   * @throws SecretsError the first failure; credentials that could not be replaced stay in use.
   */
  async rotate(): Promise<void> {
    await this.#leases.rotate();
  }

  /** The state of the token and of each lease, as `portcullis secrets status` shows it. */
  status(): SecretsStatus {
    return statusOf(this.options.clock, this.#vault.keeper, this.#leases.all);
  }

  /** Whether the token and every lease can be used, for `/readyz`. */
  readiness(): SecretsReadiness {
    return readinessOf(this.status());
  }

  /**
   * Drains and closes all connections, then revokes every lease and at last the token, in `closeSeconds` altogether. What
   * Vault does not revoke in time ends by its TTL. Never rejects; repeated calls share one shutdown.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #database<L extends Lent>(
    role: string,
    mount: string | undefined,
    as: Parameters<typeof databaseSource<L>>[2],
  ): CredentialSource<L> {
    const { clock, databaseMount } = this.options;
    const shown = mount === undefined || mount === databaseMount ? role : `${mount}/${role}`;
    const where = { mount: mount ?? databaseMount, role, shown };
    return databaseSource({ access: this.#vault.access, clock }, where, as);
  }

  /** @throws SecretsError when nothing is lent within `startupSeconds`; at once where waiting cannot mend it. */
  async #leased<T>(source: CredentialSource<Leased<T>>, graceMs: number): Promise<LeasedSecret<T>> {
    const { clock } = this.options;
    const started: Lender[] = [];
    const leased = this.#leases.open(
      source,
      (lender) => {
        started.push(lender);
        return new LeasedSecret<T>(lender, clock, source.role);
      },
      { drainMs: graceMs },
    );
    try {
      await started[0]?.ready();
    } catch (error) {
      await leased.close();
      throw error;
    }
    return leased;
  }

  #redisSource(source: RedisSource): CredentialSource {
    if (typeof source === 'string') return this.#database<Credential>(source, undefined, (login) => login);
    const { clock } = this.options;
    switch (source.kind) {
      case 'vault':
        return this.#database<Credential>(source.role, source.mount, (login) => login);
      case 'elasticache-iam':
        return elastiCacheIam(source, clock);
      case 'upstash':
        return upstash(source, clock, () => this.watchKv(source.path, upstashSchema()));
    }
  }

  /** What was leased under the old token is leased anew; when nothing needs it any more, it is given back. */
  async #leave(old: Session): Promise<void> {
    await this.#leases.leave(old);
    if (!this.#closing) await this.#revocations.revoke(this.#vault.tokenOf(old));
  }

  async #close(): Promise<void> {
    const { clock, closeMs } = this.options;
    const end = clock.monotonic() + closeMs;
    this.#scheduler.stop();
    this.#vault.abort();
    const givenBack = this.#leases.close(closeMs / 2).then(() => this.#revocations.flush());
    await within(clock, Math.max(closeMs / 2, closeMs - FAREWELL_MS), givenBack);
    const { keeper } = this.#vault;
    if (keeper.state.valid) {
      const revoked = this.#revocations.revoke(this.#vault.tokenOf(keeper.session));
      await within(clock, end - clock.monotonic(), revoked);
    }
    this.#metrics.stop();
    this.#statusServer?.close();
    this.#vault.close();
  }
}
