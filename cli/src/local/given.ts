/** Servers of the user's own, named by address. Each is asked once, so that a mistake shows before anything starts. */
import { isHttpsOrLoopback } from '@portcullis/runtime/policy';
import { createClient } from 'redis';
import { PortcullisError, messageOf, shownAddress } from '../errors';
import { randomPassword, sha256Hex } from '../engines/random';
import type { VaultAdmin } from './servers/openbao';
import { pingPostgres, type PostgresAdmin } from './servers/postgres';
import { pingRedis, REDIS_VAULT_ADMIN, VAULT_ADMIN_RIGHTS, type RedisAdmin } from './servers/redis';
import { VaultClient } from '../engines/vault-client';

/** @throws PortcullisError `ERR_SETTING`, `ERR_UNREACHABLE` */
export async function givenVault(address: string, token: string | undefined): Promise<VaultAdmin> {
  if (!token) {
    throw new PortcullisError(
      'ERR_SETTING',
      'VAULT_ADDR is set, but VAULT_TOKEN is not',
      'set it to a token that may deploy, or unset VAULT_ADDR to get a local server',
    );
  }
  if (URL.canParse(address) && !isHttpsOrLoopback(address)) {
    throw new PortcullisError(
      'ERR_SETTING',
      `Vault at ${shownAddress(address)} (VAULT_ADDR) would get VAULT_TOKEN in the clear`,
      'use https, or unset VAULT_ADDR to get a local server',
    );
  }
  await reach('VAULT_ADDR', 'Vault', address, async () => {
    const health = await new VaultClient(address).health();
    if (health !== 'active') throw new Error(`it is ${health}`);
    await new VaultClient(address, token).read('auth/token/lookup-self');
  });
  return { address, rootToken: token };
}

/** @throws PortcullisError `ERR_UNREACHABLE` */
export async function givenPostgres(adminUrl: string): Promise<PostgresAdmin> {
  await reach('DATABASE_URL', 'PostgreSQL', adminUrl, () => pingPostgres(adminUrl));
  const { hostname, port } = new URL(adminUrl);
  return { host: hostname, port: Number(port || 5_432), adminUrl };
}

/** Makes Vault's admin user there. @throws PortcullisError `ERR_UNREACHABLE` */
export async function givenRedis(adminUrl: string): Promise<RedisAdmin> {
  const bootstrapPassword = randomPassword();
  await reach('REDIS_URL', 'Redis', adminUrl, async () => {
    await pingRedis(adminUrl);
    const hash = `#${sha256Hex(bootstrapPassword)}`;
    await redisCommand(adminUrl, [
      ...['ACL', 'SETUSER', REDIS_VAULT_ADMIN, 'reset', 'on', hash],
      ...VAULT_ADMIN_RIGHTS,
    ]);
  });
  const { hostname, port } = new URL(adminUrl);
  return { host: hostname, port: Number(port || 6_379), adminUrl, bootstrapPassword };
}

/** One command on a connection of its own. */
export async function redisCommand(url: string, command: readonly string[]): Promise<unknown> {
  const client = createClient({ url, socket: { connectTimeout: 5_000, reconnectStrategy: false } });
  // Without a listener an error event ends the process; the calls below reject with the same error.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.sendCommand([...command]);
  } finally {
    client.destroy();
  }
}

async function reach(
  variable: string,
  what: string,
  address: string,
  ask: () => Promise<void>,
): Promise<void> {
  try {
    new URL(address);
    await ask();
  } catch (cause) {
    throw new PortcullisError(
      'ERR_UNREACHABLE',
      `${what} at ${shownAddress(address)} (${variable}) cannot be used: ${messageOf(cause)}`,
      `start it, mend the address, or unset ${variable} to get a local server`,
      { cause },
    );
  }
}
