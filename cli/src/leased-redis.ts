import { isLoopback } from '@portcullis/runtime/policy';
import { createClient } from 'redis';
import { MOUNTS } from '../../vault-names';
import { PortcullisError, messageOf, shownAddress } from './errors';
import type { VaultClient } from './engines/vault-client';
import { vaultFromEnvironment } from './vault';

/**
 * Connects to Redis: with REDIS_URL, or with a user of `role` leased from Vault (VAULT_ADDR, VAULT_TOKEN) for the Redis
 * at REDIS_HOST. The lease is revoked after the work.
 *
 * @throws PortcullisError `ERR_SETTING`, `ERR_UNREACHABLE`
 */
export async function withLeasedRedis<T>(
  env: NodeJS.ProcessEnv,
  role: string,
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
  const lease = await leaseUser(vault, role);
  const url = new URL(`${isLoopback(host) ? 'redis' : 'rediss'}://${host}:${port}`);
  url.username = lease.username;
  url.password = lease.password;
  try {
    return await connected(url.href, work);
  } finally {
    // A lease that cannot be revoked ends by its TTL.
    await vault.write(`sys/leases/revoke/${lease.id}`).catch(() => undefined);
  }
}

async function leaseUser(
  vault: VaultClient,
  role: string,
): Promise<{ id: string; username: string; password: string }> {
  try {
    const answer = await vault.read<{ lease_id: string; data: { username: string; password: string } }>(
      `${MOUNTS.database}/creds/${role}`,
    );
    return { id: answer.lease_id, ...answer.data };
  } catch (cause) {
    const reason = cause instanceof PortcullisError ? cause.problem : messageOf(cause);
    throw new PortcullisError(
      'ERR_UNREACHABLE',
      `Vault at ${vault.address} leases out no Redis user: ${reason}`,
      `give VAULT_TOKEN a policy that may read ${MOUNTS.database}/creds/${role}, or set REDIS_URL`,
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
