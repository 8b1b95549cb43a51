import type { z } from 'zod';
import { harmless, Listeners } from '../listener';
import { within } from '../time/clock';
import { SecretsError } from './errors';
import type { EmitEvent, SecretsEvent } from './events';
import { readKvEntry } from './kv/read-entry';
import { WatchedEntry, type WatchKvOptions } from './kv/watched-entry';
import type { CredentialSource } from './lease/credential';
import { databaseSource } from './lease/database-source';
import { Lease } from './lease/lease';
import { ROTATE_AT } from './lease/lease-life';
import { Revocations } from './lease/revocations';
import { secretsMetrics } from './metrics';
import { resolveOptions, type SecretsManagerOptions } from './options';
import { RotatingPool, type PostgresPoolOptions } from './postgres/rotating-pool';
import { endpointOf, type RedisClientOptions } from './redis/client-options';
import type { RedisDriver } from './redis/driver';
import { elastiCacheIam, type ElastiCacheIam } from './redis/elasticache-iam';
import { nodeRedis, type NodeRedisClient } from './redis/node-redis';
import { RotatingRedis } from './redis/rotating-redis';
import type { LeasedRedis, RedisSource } from './redis/source';
import { upstash, upstashSchema, type Upstash } from './redis/upstash';
import { upstashRest, type UpstashRequester } from './redis/upstash-rest';
import { Scheduler } from './scheduler';
import { serveStatus } from './status-server';
import { readinessOf, statusOf, type SecretsReadiness, type SecretsStatus } from './status';
import { VaultAccess } from './vault/access';
import { VaultClient } from './vault/client';
import { errorFor } from './vault/failure';
import { loginWithin } from './vault/first-login';
import type { Session } from './vault/session';
import { TokenKeeper } from './vault/token-keeper';

type Resolved = ReturnType<typeof resolveOptions>;

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
  readonly #events = new Listeners<SecretsEvent>('onEvent');
  readonly #abort = new AbortController();
  readonly #scheduler: Scheduler;
  readonly #revocations: Revocations;
  readonly #vault: VaultClient;
  readonly #keeper: TokenKeeper;
  readonly #access: VaultAccess;
  readonly #leases: Lease[] = [];
  readonly #metrics: ReturnType<typeof secretsMetrics>;
  #statusServer: Awaited<ReturnType<typeof serveStatus>> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly options: Resolved,
    { onEvent, meterProvider }: SecretsManagerOptions,
  ) {
    const { clock, addresses, login, namespace, ca } = options;
    this.#metrics = secretsMetrics(() => this.status(), meterProvider);
    this.onEvent(this.#metrics.onEvent);
    if (onEvent) this.onEvent(onEvent);
    this.#scheduler = new Scheduler(clock);
    this.#revocations = new Revocations(clock, this.#scheduler);
    this.#vault = new VaultClient({
      addresses,
      timeoutMs: REQUEST_MS,
      ...(namespace !== undefined && { namespace }),
      ...(ca !== undefined && { ca }),
    });
    this.#keeper = new TokenKeeper({
      vault: this.#vault,
      method: login,
      clock,
      emit: this.#emit,
      signal: this.#abort.signal,
      withoutTokenMs: options.withoutTokenMs,
      onReplaced: (old) => void this.#leave(old),
      onChange: () => this.#scheduler.wake(),
      onLoginImpossible: harmless(options.onLoginImpossible, 'onLoginImpossible'),
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
    const manager = new SecretsManager(resolveOptions(options, process.env), options);
    try {
      await loginWithin(manager.options.startupMs, manager.#keeper, manager.options.clock);
      await manager.#showStatus();
    } catch (error) {
      manager.#metrics.stop();
      manager.#vault.close();
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

  /**
   * Reads a KV v2 entry and follows its versions: raising a secret's version reaches the running service, and what
   * the version before signed or sealed stays acceptable for a while.
   *
   * @throws as `kv()`, at the start only; later the last good version stays and `kv_failed` tells why.
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
      ...options,
      path,
      read: (version) => readKvEntry(this.#access, path, schema, version),
      clock: this.options.clock,
      emit: this.#emit,
    });
    this.#scheduler.add(watched);
    return watched;
  }

  /** A pool with the interface of `pg.Pool`, whose user Vault leases from `<mount>/creds/<role>`. */
  postgresPool(role: string, options: PostgresPoolOptions = {}): RotatingPool {
    const lease = this.#lease(this.#leased(role));
    const pool = new RotatingPool(lease, this.options.clock, options);
    this.#start(lease, pool);
    return pool;
  }

  /**
   * A Redis client whose credentials change under it, whoever lends them: Vault (a role's name is enough),
   * ElastiCache' IAM authentication, or Upstash with a token from KV.
   *
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
    const lease: Lease = this.#lease(
      this.#redisSource(source, () => void lease.rotate().catch(() => undefined)),
    );
    const overRest = typeof source === 'object' && source.kind === 'upstash';
    const library: RedisDriver = overRest ? upstashRest() : (options?.driver ?? nodeRedis());
    // Over REST the credential itself says where Redis is.
    const endpoint = endpointOf(options ?? { host: 'localhost' });
    const redis = new RotatingRedis(lease, this.options.clock, endpoint, library);
    this.#start(lease, redis);
    return redis;
  }

  /** Tells of every rotation; returns a function that stops it. */
  scheduleCredentialRefresh(
    onRefresh: (event: Extract<SecretsEvent, { type: 'credential_rotated' }>) => void,
  ): () => void {
    const refreshed = harmless(onRefresh, 'onRefresh');
    return this.onEvent((event) => {
      if (event.type === 'credential_rotated') refreshed(event);
    });
  }

  /** Tells of everything; returns a function that stops it. */
  onEvent(listener: EmitEvent): () => void {
    return this.#events.add(listener);
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

  readonly #emit: EmitEvent = (event) => this.#events.tell(event);

  #leased(role: string): CredentialSource {
    const { clock, databaseMount: mount } = this.options;
    return databaseSource({ access: this.#access, clock, mount, role });
  }

  #redisSource(source: RedisSource, onChange: () => void): CredentialSource {
    if (typeof source === 'string') return this.#leased(source);
    const { clock } = this.options;
    switch (source.kind) {
      case 'vault':
        return this.#leased(source.role);
      case 'elasticache-iam':
        return elastiCacheIam(source, clock);
      case 'upstash':
        return upstash(source, clock, () => this.watchKv(source.path, upstashSchema()), onChange);
    }
  }

  #lease(source: CredentialSource): Lease {
    const { clock, rotateShare = ROTATE_AT, drainMs, startupMs } = this.options;
    return new Lease({
      source,
      clock,
      scheduler: this.#scheduler,
      revocations: this.#revocations,
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

  async #showStatus(): Promise<void> {
    const { statusSocket } = this.options;
    if (statusSocket !== undefined) {
      this.#statusServer = await serveStatus(statusSocket, () => this.status());
    }
  }

  /** What was leased under the old token is leased anew; when nothing needs it any more, it is given back. */
  async #leave(old: Session): Promise<void> {
    await Promise.all(this.#leases.map((lease) => lease.leave(old)));
    if (!this.#closing) await this.#revokeToken(old);
  }

  #revokeToken(session: Session): Promise<void> {
    const { token } = session;
    return this.#revocations.revoke({
      giveBack: async () => {
        const answer = await this.#vault.send({ method: 'POST', path: 'auth/token/revoke-self', token });
        // Refused: it is gone already.
        if (answer.kind !== 'ok' && answer.kind !== 'denied') throw errorFor(answer, 'revocation of a token');
      },
      endsAt: () => session.deadline,
    });
  }

  async #close(): Promise<void> {
    const { clock, closeMs } = this.options;
    const end = clock.monotonic() + closeMs;
    this.#scheduler.stop();
    // Whatever is being asked for is not needed any more. Should Vault lease it all the same, it goes with the token.
    this.#abort.abort();
    const leases = Promise.all(this.#leases.map((lease) => lease.close(closeMs / 2)));
    const givenBack = leases.then(() => this.#revocations.flush());
    await within(clock, Math.max(closeMs / 2, closeMs - FAREWELL_MS), givenBack);
    if (this.#keeper.state.valid) {
      await within(clock, end - clock.monotonic(), this.#revokeToken(this.#keeper.session));
    }
    this.#metrics.stop();
    this.#statusServer?.close();
    this.#vault.close();
  }
}

/** How long one server may take for one request. */
const REQUEST_MS = 10_000;
/** What a shutdown keeps for its last request. */
const FAREWELL_MS = 2_000;
