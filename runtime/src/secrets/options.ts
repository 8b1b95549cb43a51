/**
 * What users of this folder may set: the options of `SecretsManager` and of what it makes, how they are checked, and
 * their defaults, which stand nowhere else. (A login method's options stand beside the method.)
 */
import type { MeterProvider } from '@opentelemetry/api';
import { readFileSync } from 'node:fs';
import type { PoolConfig, PoolOptions } from '../peer-types';
import { harmless, type Listener } from '../listener';
import type { Policy } from '../policy';
import { isHeaderToken } from '../policy/address';
import { isLoopback } from '../policy/loopback';
import { systemClock, type Clock } from '../time/clock';
import {
  checkOptions,
  has,
  isCount,
  isFunction,
  isLength,
  isPositive,
  isSwitch,
  isText,
  TEXT,
  together,
  type Expected,
} from './option-checks';
import { SecretsError } from './errors';
import type { SecretsEvent } from './events';
import { loginFromEnvironment } from './login/from-environment';
import type { LoginMethod } from './login/method';
import type { RedisDriver, RedisTarget } from './redis/drivers/driver';
import { nodeRedis, type NodeRedisClient } from './redis/drivers/node-redis';
import type { PgModule } from './postgres/load-pg';
import { parseAddresses } from './vault/addresses';

/** Options of `SecretsManager.connect()`. */
export interface SecretsManagerOptions {
  /**
   * URLs of the servers of one Vault or OpenBao cluster, each with the path that Vault is below, if there is one.
   * @default VAULT_ADDR, separated by commas
   */
  readonly address?: string | readonly string[];
  /** Vault namespace of every request. @default VAULT_NAMESPACE, or none */
  readonly namespace?: string;
  /** Path of a PEM file with the certificate authorities to trust. @default VAULT_CACERT, or Node's own */
  readonly caFile?: string;
  /**
   * How to log in to Vault: `appRole()`, `jwtLogin()`.
   * @default AppRole with VAULT_ROLE_ID and VAULT_WRAPPED_SECRET_ID or VAULT_SECRET_ID, read at each login
   */
  readonly login?: LoginMethod;
  /** Whether tokens may be sent over plain HTTP to hosts other than loopback. @default false */
  readonly allowPlainHttp?: boolean;
  /** The API's policy: its lifetimes say at which share of its life a credential is replaced. @default 50 minutes of 60 */
  readonly policy?: Policy;
  /** Mount of the database secrets engine. @default 'database' */
  readonly databaseMount?: string;
  /** How long `connect()` waits for Vault, and later calls for their first credential, in seconds. @default 30 */
  readonly startupSeconds?: number;
  /** Longest wait for work in flight before connections of a replaced user are closed, in seconds. @default 30 */
  readonly drainSeconds?: number;
  /** Longest shutdown by `close()`, revocations included, in seconds. @default 10 */
  readonly closeSeconds?: number;
  /** How long the process may go on without a valid token and without a login, in seconds. @default 60 */
  readonly withoutTokenSeconds?: number;
  /** Called when `withoutTokenSeconds` have passed. @default one line on standard error, then exit code 1 */
  readonly onLoginImpossible?: Listener<SecretsError>;
  /** Called with every event from the first login on; `SecretsManager.onEvent()` adds listeners later. @default not called */
  readonly onEvent?: Listener<SecretsEvent>;
  /** Where the metrics go. @default OpenTelemetry's global provider: register the SDK first */
  readonly meterProvider?: MeterProvider;
  /** Path of the Unix socket that `portcullis secrets status` reads. @default PORTCULLIS_STATUS_SOCKET, or none */
  readonly statusSocket?: string;
  /** The clock to go by, for tests. @default the clocks of the process */
  readonly clock?: Clock;
}

/** Options of `SecretsManager.watchKv()`. */
export interface WatchKvOptions {
  /** How often Vault is asked for a newer version, in seconds. @default 30 */
  readonly intervalSeconds?: number;
  /** How long the previous version stays in `accepted` after a change, in seconds. @default 3600 */
  readonly acceptPreviousSeconds?: number;
}

/**
 * Options of `SecretsManager.postgresPool()`: those of `pg.PoolConfig` without user and password, which Vault lends. Their
 * defaults are pg.Pool's.
 */
export interface PostgresPoolOptions extends Omit<PoolConfig, 'user' | 'password' | 'connectionString'> {
  /** The module whose `Pool` to extend: `pg.native`, or another copy of `pg` than the one that is found. @default `pg` */
  readonly pg?: PgModule;
  /** Mount of the database secrets engine. @default `databaseMount` of the SecretsManager */
  readonly mount?: string;
}

/** Options of `SecretsManager.credentials()`. */
export interface CredentialsOptions {
  /** How long the previous user still works after a rotation, in seconds. @default 30 */
  readonly graceSeconds?: number;
  /** Mount of the database secrets engine. @default `databaseMount` of the SecretsManager */
  readonly mount?: string;
}

/** Options of `SecretsManager.lease()`. */
export interface LeaseOptions {
  /** How long the previous lease still works after a rotation, in seconds. @default 30 */
  readonly graceSeconds?: number;
  /**
   * The body of the request to the engine, such as `{ common_name: 'api.internal' }` for a certificate; it is then a write.
   * @default none: the path is read
   */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Options of `SecretsManager.redisClient()`: where Redis is, and how to talk to it. */
export interface RedisClientOptions<Native = NodeRedisClient> {
  /** Name or address of its host. */
  readonly host: string;
  /** TCP port. @default 6379 */
  readonly port?: number;
  /** Whether to connect by TLS. @default true, but false on loopback */
  readonly tls?: boolean;
  /** Number of the logical database (`SELECT`). @default 0 */
  readonly database?: number;
  /** The client library to use: `nodeRedis()` or `ioredis(Redis)`. @default nodeRedis() */
  readonly driver?: RedisDriver<Native>;
}

const DEFAULTS = {
  databaseMount: 'database',
  startupSeconds: 30,
  drainSeconds: 30,
  closeSeconds: 10,
  withoutTokenSeconds: 60,
  lifetimes: { credentialSeconds: 3_600, rotateAtSeconds: 3_000 },
};

const SECONDS = [isLength, 'seconds, 0 or more'] as const;
const PORT = [(value: unknown) => isCount(value) && Number(value) < 65_536, 'a port'] as const;
const FUNCTION = [isFunction, 'a function'] as const;

const EXPECTED: Expected<SecretsManagerOptions> = {
  address: [(value) => isText(value) || (Array.isArray(value) && value.every(isText)), 'a URL, or several'],
  namespace: TEXT,
  caFile: TEXT,
  login: [has('login'), 'a login method, such as appRole({ … })'],
  allowPlainHttp: [isSwitch, 'true or false'],
  policy: [
    (value) => {
      const { credentialSeconds = 0, rotateAtSeconds = 0 } =
        (value as Partial<Policy> | null)?.lifetimes ?? {};
      return (
        isPositive(rotateAtSeconds) && isLength(credentialSeconds) && rotateAtSeconds < credentialSeconds
      );
    },
    'what definePolicy() gives',
  ],
  databaseMount: TEXT,
  startupSeconds: SECONDS,
  drainSeconds: SECONDS,
  closeSeconds: SECONDS,
  withoutTokenSeconds: SECONDS,
  onLoginImpossible: FUNCTION,
  onEvent: FUNCTION,
  meterProvider: [has('getMeter'), 'a MeterProvider of OpenTelemetry'],
  statusSocket: TEXT,
  clock: [has('monotonic', 'wall', 'after', 'random'), 'a clock'],
};

export type ResolvedOptions = ReturnType<typeof resolveOptions>;

/**
 * The options with the environment and the defaults filled in.
 *
 * @throws SecretsError with every problem at once, each with its remedy.
 */
export function resolveOptions(
  options: SecretsManagerOptions,
  env: Readonly<Record<string, string | undefined>>,
) {
  checkOptions('SecretsManager.connect()', options, EXPECTED);
  /** What is set: a variable that is empty is none. */
  const set = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const { caFile = set('VAULT_CACERT'), namespace = set('VAULT_NAMESPACE') } = options;
  const { lifetimes } = options.policy ?? DEFAULTS;
  const [addresses, login, ca] = together(
    () => parseAddresses(options.address ?? env.VAULT_ADDR, options.allowPlainHttp ?? false),
    () => options.login ?? loginFromEnvironment(env),
    () => (caFile === undefined ? undefined : readPem(caFile)),
    () => namespace === undefined || checkNamespace(namespace),
  );
  return {
    addresses,
    login,
    clock: options.clock ?? systemClock,
    databaseMount: options.databaseMount ?? DEFAULTS.databaseMount,
    rotateShare: lifetimes.rotateAtSeconds / lifetimes.credentialSeconds,
    startupMs: (options.startupSeconds ?? DEFAULTS.startupSeconds) * 1_000,
    drainMs: (options.drainSeconds ?? DEFAULTS.drainSeconds) * 1_000,
    closeMs: (options.closeSeconds ?? DEFAULTS.closeSeconds) * 1_000,
    withoutTokenMs: (options.withoutTokenSeconds ?? DEFAULTS.withoutTokenSeconds) * 1_000,
    onLoginImpossible: harmless(options.onLoginImpossible ?? exitProcess, 'onLoginImpossible'),
    onEvent: options.onEvent,
    meterProvider: options.meterProvider,
    statusSocket: options.statusSocket ?? set('PORTCULLIS_STATUS_SOCKET'),
    ...(namespace !== undefined && { namespace }),
    ...(ca !== undefined && { ca }),
  };
}

const WATCH_DEFAULTS = { intervalSeconds: 30, acceptPreviousSeconds: 3_600 };

/** @throws SecretsError `ERR_SECRETS_CONFIG` */
export function resolveWatchKv(options: WatchKvOptions) {
  checkOptions<WatchKvOptions>('watchKv()', options, {
    intervalSeconds: [isPositive, 'seconds, more than 0'],
    acceptPreviousSeconds: SECONDS,
  });
  const { intervalSeconds, acceptPreviousSeconds } = options;
  return {
    intervalMs: (intervalSeconds ?? WATCH_DEFAULTS.intervalSeconds) * 1_000,
    acceptPreviousMs: (acceptPreviousSeconds ?? WATCH_DEFAULTS.acceptPreviousSeconds) * 1_000,
  };
}

/** pg.Pool's defaults. */
const POOL_DEFAULTS = {
  max: 10,
  maxUses: Infinity,
  allowExitOnIdle: false,
  maxLifetimeSeconds: 0,
  idleTimeoutMillis: 10_000,
};

const COUNT = [isCount, 'a whole number, 1 or more'] as const;
/** For a timer of Node's: a longer one fires at once. */
const timer = (unitMs: number) => (value: unknown) => isLength(value) && Number(value) * unitMs < 2 ** 31;
const MILLISECONDS = [timer(1), 'milliseconds, 0 or more, fewer than 2 ** 31'] as const;

/** What a wrong value of would surprise later; pg has more. */
const EXPECTED_POOL = {
  host: TEXT,
  port: PORT,
  database: TEXT,
  application_name: TEXT,
  max: COUNT,
  min: [(value) => value === 0 || isCount(value), 'a whole number, 0 or more'],
  maxUses: [(value) => value === Infinity || isCount(value), 'a whole number, 1 or more, or Infinity'],
  maxLifetimeSeconds: [timer(1_000), 'seconds, 0 or more, fewer than 2 ** 31 / 1000'],
  idleTimeoutMillis: MILLISECONDS,
  connectionTimeoutMillis: MILLISECONDS,
  query_timeout: MILLISECONDS,
  statement_timeout: [(value) => value === false || timer(1)(value), MILLISECONDS[1]],
  lock_timeout: MILLISECONDS,
  idle_in_transaction_session_timeout: MILLISECONDS,
  keepAliveInitialDelayMillis: MILLISECONDS,
  allowExitOnIdle: [isSwitch, 'true or false'],
  pg: [(value) => isFunction((value as Partial<PgModule> | null)?.Pool), 'the module pg, or pg.native'],
  mount: TEXT,
} satisfies Partial<Expected<PostgresPoolOptions>>;
type CheckedPool = Pick<PostgresPoolOptions, keyof typeof EXPECTED_POOL>;

/** @throws SecretsError `ERR_SECRETS_CONFIG` for what Vault lends, what would overrule it, and values of no use. */
export function resolvePostgresPool(
  options: PostgresPoolOptions,
): PoolOptions & Pick<PostgresPoolOptions, 'pg' | 'mount'> {
  checkOptions<CheckedPool>('postgresPool()', options, EXPECTED_POOL, { others: 'ignored' });
  const lent = ['user', 'password', 'connectionString'].filter((name) => Object.hasOwn(options, name));
  if (lent.length > 0) {
    const what = lent.join(' and ');
    throw new SecretsError(
      'ERR_SECRETS_CONFIG',
      `postgresPool() received ${what}: leave that out, because Vault lends the user and the password, and pass { host, port, database }`,
    );
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...POOL_DEFAULTS, ...(Object.fromEntries(given) as Partial<PoolOptions>) };
}

const GRACE_SECONDS = 30;

/** @throws SecretsError `ERR_SECRETS_CONFIG` */
export function resolveCredentials(options: CredentialsOptions) {
  checkOptions<CredentialsOptions>('credentials()', options, { graceSeconds: SECONDS, mount: TEXT });
  const { graceSeconds = GRACE_SECONDS, mount } = options;
  return { graceMs: graceSeconds * 1_000, mount };
}

/** @throws SecretsError `ERR_SECRETS_CONFIG` */
export function resolveLease(options: LeaseOptions) {
  checkOptions<LeaseOptions>('lease()', options, {
    graceSeconds: SECONDS,
    parameters: [
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'an object',
    ],
  });
  const { graceSeconds = GRACE_SECONDS, parameters } = options;
  return { graceMs: graceSeconds * 1_000, parameters };
}

const REDIS_PORT = 6_379;

const EXPECTED_REDIS: Expected<RedisClientOptions<unknown>> = {
  host: [isText, "a host's name"],
  port: PORT,
  tls: [isSwitch, 'true or false'],
  database: [(value) => value === 0 || isCount(value), 'the number of a database, 0 or more'],
  driver: [has('create'), 'nodeRedis() or ioredis(Redis)'],
};

/** @throws SecretsError `ERR_SECRETS_CONFIG` */
export function resolveRedisClient(options?: RedisClientOptions<unknown>): RedisTarget {
  const given: RedisClientOptions<unknown> = { host: '', ...options };
  checkOptions('redisClient()', given, EXPECTED_REDIS, { others: 'ignored', required: ['host'] });
  const { host, port = REDIS_PORT, tls = !isLoopback(host), database, driver = nodeRedis() } = given;
  const endpoint = { host, port, tls, ...(database !== undefined && { database }) };
  return {
    name: `Redis at ${host}:${port}`,
    link: (credentials, events) => driver.create(endpoint, credentials, events),
  };
}

/** It is sent in a header. */
function checkNamespace(namespace: string): void {
  if (isHeaderToken(namespace)) return;
  const problem = 'the namespace holds a line break or another character that none has: mend VAULT_NAMESPACE';
  throw new SecretsError('ERR_SECRETS_CONFIG', `${problem}, or { namespace }`);
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SecretsError('ERR_SECRETS_CONFIG', `cannot read the CA bundle ${file}`, { cause });
  }
}

function exitProcess(error: SecretsError): void {
  process.stderr.write(`portcullis: no login to Vault is possible any more, exiting: ${error.message}\n`);
  process.exit(1);
}
