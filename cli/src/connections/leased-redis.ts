import { isLoopback, shownAddress } from '@portcullis/runtime/policy';
import { createClient } from 'redis';
import { PortcullisError, messageOf } from '../errors';
import type { VaultClient } from '../engines/vault-client';
import { vaultFromEnvironment } from './vault';

/** Whose users are leased. */
export interface LeasingRole {
  /** Of the database engine. */
  readonly mount: string;
  readonly role: string;
  /** Why, in Vault's audit log beside who. @default nothing is said */
  readonly reason?: string;
}

/**
 * Connects to Redis: with REDIS_URL, or with a user of the role leased from Vault (VAULT_ADDR, VAULT_TOKEN) for the Redis
 * at REDIS_HOST. The lease is revoked after the work.
 *
 * @throws PortcullisError `ERR_SETTING`, `ERR_UNREACHABLE`
 */
export async function withLeasedRedis<T>(
  env: NodeJS.ProcessEnv,
  role: LeasingRole,
  work: (redis: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T> {
  if (env.REDIS_URL) return connected(env.REDIS_URL, work);
  const { VAULT_ADDR: address, VAULT_TOKEN: token, REDIS_HOST: host, REDIS_PORT: port = '6379' } = env;
  if (!address || !token || !host)
    throw new PortcullisError(
      'ERR_SETTING',
      'there is no way to Redis in the environment',
      'set REDIS_URL; or VAULT_ADDR, VAULT_TOKEN and REDIS_HOST, to lease a user',
    );
  const vault = vaultFromEnvironment(env);
  const url = urlOf(host, port);
  const lease = await leaseUser(vault, role);
  url.username = lease.username;
  url.password = lease.password;
  try {
    return await connected(url.href, work);
  } finally {
    // A lease that cannot be revoked ends by its TTL.
    await vault.write(`sys/leases/revoke/${lease.id}`).catch(() => undefined);
  }
}

/** Before a user is leased: a lease that nobody can use would stay until its end. */
function urlOf(host: string, port: string): URL {
  const text = `${isLoopback(host) ? 'redis' : 'rediss'}://${host}:${port}`;
  if (/^[\w.:[\]-]+$/.test(host) && /^\d+$/.test(port) && URL.canParse(text)) return new URL(text);
  throw new PortcullisError(
    'ERR_SETTING',
    `received ${JSON.stringify(host.slice(0, 100))} as REDIS_HOST and ${JSON.stringify(port.slice(0, 100))} as REDIS_PORT`,
    'set them to a host and a port, as in redis.internal and 6379',
  );
}

/** What may be answered for a lease. */
interface Leased {
  readonly lease_id?: unknown;
  readonly data?: { readonly username?: unknown; readonly password?: unknown } | null;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

async function leaseUser(
  vault: VaultClient,
  { mount, role, reason }: LeasingRole,
): Promise<{ id: string; username: string; password: string }> {
  try {
    const path = `${mount}/creds/${role}`;
    const query = reason === undefined ? '' : `?${new URLSearchParams({ reason }).toString()}`;
    const { lease_id: id, data } = await vault.read<Leased>(path + query);
    const { username, password } = data ?? {};
    // Whatever answers at the address: `undefined` would go to Redis as a user's name.
    if (isText(id) && isText(username) && isText(password)) return { id, username, password };
    throw new Error(`what answers on ${path} leases out no user with a password`);
  } catch (cause) {
    const reason = cause instanceof PortcullisError ? cause.problem : messageOf(cause);
    throw new PortcullisError(
      'ERR_UNREACHABLE',
      `Vault at ${vault.address} leases out no Redis user: ${reason}`,
      `give VAULT_TOKEN a policy that may read ${mount}/creds/${role}, or set REDIS_URL`,
      { cause },
    );
  }
}

async function connected<T>(
  url: string,
  work: (redis: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T> {
  const shown = shownAddress(url);
  const client = openClient(url, shown);
  try {
    await client.connect().catch((cause: unknown) => {
      throw unreachable(shown, cause);
    });
    return await work(client);
  } finally {
    if (client.isOpen) client.destroy();
  }
}

function openClient(url: string, shown: string): ReturnType<typeof createClient> {
  try {
    const client = createClient({ url, socket: { connectTimeout: 5_000, reconnectStrategy: false } });
    // Without a listener an error event ends the process; the calls reject with the same error.
    client.on('error', () => undefined);
    return client as ReturnType<typeof createClient>;
  } catch (cause) {
    throw unreachable(shown, cause);
  }
}

function unreachable(shown: string, cause: unknown): PortcullisError {
  return new PortcullisError(
    'ERR_UNREACHABLE',
    `Redis at ${shown} cannot be used: ${messageOf(cause)}`,
    'mend the address or the credentials in the environment',
    { cause },
  );
}
