import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'redis';
import { LOOPBACK, onPort } from '../../engines/process/ports';
import type { Run } from '../../engines/process/run';
import { randomPassword, sha256Hex } from '../../engines/random';
import { Server } from './server';

export interface RedisOptions {
  /** The `redis-server` binary. */
  readonly binary: string;
  /** Vault's own user. @default 'vault_admin', as the stacks have it */
  readonly vaultUser?: string;
  /** @default a free loopback port */
  readonly port?: number | undefined;
}

/** Where a Redis is, and who may administer it. */
export interface RedisAdmin {
  readonly host: string;
  readonly port: number;
  /** Full rights, for the environment itself and for checks; Vault does not know it. */
  readonly adminUrl: string;
  /** Vault's first password: a throwaway, dead after the deploy rotated it. */
  readonly bootstrapPassword: string;
}

export type RedisServer = Server & RedisAdmin;

/**
 * What Vault's user may do: manage users and look at the server. It reads and writes no key itself,
 * but it could give itself the right to: whoever manages users can do everything.
 */
export const VAULT_USER_RIGHTS = ['-@all', '+@connection', '+ping', '+info', '+acl'] as const;

/**
 * The ACL file: default user off, hashes only. Written once; Redis rewrites it at `ACL SAVE`.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function aclFile(
  adminPassword: string,
  vault: { readonly user: string; readonly password: string },
): string {
  return [
    'user default off resetpass -@all',
    `user admin on #${sha256Hex(adminPassword)} ~* &* +@all`,
    `user ${vault.user} on #${sha256Hex(vault.password)} ${VAULT_USER_RIGHTS.join(' ')}`,
    '',
  ].join('\n');
}

/** The configuration: loopback only, nothing on disk but the users, never an evicted rate-limit counter. */
export function redisConfiguration(port: number, folder: string): string {
  return [
    `bind ${LOOPBACK}`,
    `port ${port}`,
    `dir ${JSON.stringify(folder)}`,
    `aclfile ${JSON.stringify(join(folder, 'users.acl'))}`,
    'save ""',
    'appendonly no',
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}

/**
 * Starts a Redis that is configured as a production one is: ACL file, default user off, no eviction.
 * @throws PortcullisError `ERR_PORT_IN_USE`, `ERR_SERVER_FAILED`
 */
export async function startRedis(
  run: Run,
  { binary, vaultUser = 'vault_admin', port: asked }: RedisOptions,
): Promise<RedisServer> {
  const folder = await run.subfolder('redis');
  const adminPassword = randomPassword();
  const bootstrapPassword = randomPassword();
  await writeFile(
    join(folder, 'users.acl'),
    aclFile(adminPassword, { user: vaultUser, password: bootstrapPassword }),
    { mode: 0o600 },
  );

  return onPort(asked, 'Redis', async (port) => {
    const configuration = join(folder, 'redis.conf');
    await writeFile(configuration, redisConfiguration(port, folder), { mode: 0o600 });
    const adminUrl = `redis://admin:${adminPassword}@${LOOPBACK}:${port}`;
    const server = await Server.start(run, {
      process: { name: 'redis', command: binary, args: [configuration], env: { PATH: process.env.PATH } },
      answers: () => pingRedis(adminUrl),
    });
    return Object.assign(server, { host: LOOPBACK, port, adminUrl, bootstrapPassword });
  });
}

/** Signs in and pings once; throws what went wrong. */
export async function pingRedis(url: string, timeoutMs = 2_000): Promise<void> {
  const client = createClient({ url, socket: { connectTimeout: timeoutMs, reconnectStrategy: false } });
  // Without a listener an error event ends the process; the promises below reject with the same error.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.destroy();
  }
}

/** One command on a connection of its own; throws what went wrong. */
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
