/** `examples/worker` and `examples/existing-vault`, at a real OpenBao and a real PostgreSQL. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VaultClient } from '../../cli/src/engines/vault-client';
import { withoutGenericVariables } from '../../cli/src/local/generic-variables';
import { withClient, type Query } from '../../cli/src/local/postgres-admin';
import { ask, bearer } from '../support/auth/app';
import { useIssuer } from '../support/auth/issuer';
import { useOpenBao, usePostgres } from '../support/engines';
import { until } from '../support/until';
import { buildProgram, EXAMPLES, freePort } from './apps';

const issuer = useIssuer();
const vault = useOpenBao();
const postgres = usePostgres();
const admin = (): VaultClient => new VaultClient(vault().address, vault().rootToken);

/** As the superuser, over a connection of its own. */
const query: Query = (sql, values) => withClient(postgres().adminUrl, (send) => send(sql, values));

beforeAll(async () => {
  await query(`
    create table jobs (id int primary key);
    create table orders (id int primary key, org_id text);
    insert into orders values (1, 'acme'), (2, 'other');
    create role teller nologin; grant select, delete, update on jobs to teller; grant select on orders to teller`);
  await admin().write('sys/auth/approle', { type: 'approle' });
  await admin().write('sys/mounts/database', { type: 'database' });
  await leaseFrom('database', 'mails-role', 10);
});

/** A role whose users live for so many seconds. */
async function leaseFrom(mount: string, role: string, seconds: number): Promise<void> {
  const url = new URL(postgres().adminUrl);
  await admin().write(`${mount}/config/postgres`, {
    plugin_name: 'postgresql-database-plugin',
    connection_url: `postgresql://{{username}}:{{password}}@${url.host}/postgres?sslmode=disable`,
    username: url.username,
    password: url.password,
    allowed_roles: role,
  });
  await admin().write(`${mount}/roles/${role}`, {
    db_name: 'postgres',
    creation_statements: [
      `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE teller;`,
    ],
    default_ttl: `${seconds}s`,
    max_ttl: `${seconds}s`,
  });
}

/** How a process logs in, as whoever starts it mints it. */
async function loginAt(mount: string, role: string, policy: string): Promise<NodeJS.ProcessEnv> {
  await admin().write(`sys/policies/acl/${role}`, { policy });
  await admin().write(`auth/${mount}/role/${role}`, {
    token_policies: [role],
    token_no_default_policy: true,
    token_period: '1h',
    secret_id_num_uses: 1,
  });
  const { data } = await admin().read(`auth/${mount}/role/${role}/role-id`);
  const minted = await admin().write<{ wrap_info: { token: string } }>(
    `auth/${mount}/role/${role}/secret-id`,
    {},
    { 'X-Vault-Wrap-TTL': '120s' },
  );
  return {
    VAULT_ADDR: vault().address,
    VAULT_ROLE_ID: data?.role_id as string,
    VAULT_WRAPPED_SECRET_ID: minted.wrap_info.token,
    PGHOST: postgres().host,
    PGPORT: String(postgres().port),
    PGDATABASE: 'postgres',
  };
}

interface Running {
  readonly process: ChildProcess;
  readonly printed: () => string;
  readonly complaints: () => string;
  /** Asks it to end. @returns its exit code */
  stop(): Promise<number>;
}

async function start(source: string, env: NodeJS.ProcessEnv): Promise<Running> {
  const { file, remove } = await buildProgram(source);
  const child = spawn(process.execPath, [file], {
    env: { ...withoutGenericVariables(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed, complaints]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const exit = once(child, 'exit') as Promise<[number]>;
  return {
    process: child,
    printed: () => Buffer.concat(printed).toString(),
    complaints: () => Buffer.concat(complaints).toString(),
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = await exit;
      await remove();
      return code;
    },
  };
}

const leasedUsers = async (): Promise<string[]> =>
  (await query<{ name: string }>(`select rolname as name from pg_roles where rolname like 'v-%'`)).map(
    ({ name }) => name,
  );

const OWN = `
  path "auth/token/lookup-self" { capabilities = ["read"] }
  path "auth/token/renew-self"  { capabilities = ["update"] }
  path "auth/token/revoke-self" { capabilities = ["update"] }`;

it('worker: takes every job once, as one user after the other, and leaves none behind', async () => {
  const policy = `${OWN}
    path "database/creds/mails-role" { capabilities = ["read"] }
    path "sys/leases/revoke/database/creds/mails-role/*" { capabilities = ["update"] }`;
  const worker = await start('worker/worker.mts', await loginAt('approle', 'mails', policy));
  const taken = (): { id: number; taken_by: string }[] =>
    worker
      .printed()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { id: number; taken_by: string });
  let added = 0;
  try {
    await until(
      async () => {
        if (worker.process.exitCode !== null) return true;
        await query('insert into jobs values ($1)', [(added += 1)]);
        return new Set(taken().map((job) => job.taken_by)).size >= 3;
      },
      { everyMs: 200 },
    );
    if (worker.process.exitCode !== null) throw new Error(worker.complaints());
    await until(() => taken().length === added);
  } finally {
    expect(await worker.stop()).toBe(0);
  }
  expect(taken().map(({ id }) => id)).toEqual(Array.from({ length: added }, (_, index) => index + 1));
  expect(worker.complaints()).not.toContain('job_failed');
  expect(await leasedUsers()).toEqual([]);
});

describe('existing-vault', () => {
  let server: Running;
  let port: number;
  beforeAll(async () => {
    await admin().write('sys/auth/machines', { type: 'approle' });
    await admin().write('sys/mounts/teams/db', { type: 'database' });
    await admin().write('sys/mounts/teams/kv', { type: 'kv', options: { version: '2' } });
    await leaseFrom('teams/db', 'orders', 600);
    await until(() => admin().write('teams/kv/data/orders/config', { data: { webhook_key: 'first' } }));
    await admin().write('teams/kv/data/orders/limits', { data: { acme: '7/1h' } });
    const policy = await readFile(join(EXAMPLES, 'existing-vault/policy.hcl'), 'utf8');
    port = await freePort();
    server = await start('existing-vault/server.mts', {
      ...(await loginAt('machines', 'orders', policy)),
      ISSUER: issuer().url,
      PORT: String(port),
    });
    await until(async () => {
      if (server.process.exitCode !== null) return true;
      return (await ask(port, 'GET', '/status')).status === 200;
    });
    if (server.process.exitCode !== null) throw new Error(server.complaints());
  });

  it("serves an organisation's rows, with its own limit, signed by what KV holds", async () => {
    const token = await issuer().token({
      aud: 'https://api.example.com',
      scope: 'read:orders',
      tier: 'free',
      org_id: 'acme',
    });
    const { status, headers, text } = await ask(port, 'GET', '/orders', bearer(token));
    expect([status, text]).toEqual([200, '{"orders":[{"id":1}]}']);
    expect(headers['x-ratelimit-limit']).toBe('7');
    expect(headers['x-signature']).toBe(createHmac('sha256', 'first').update(text).digest('hex'));
    expect((await ask(port, 'GET', '/orders')).status).toBe(401);
  });

  it('ends, and leaves no user behind', async () => {
    expect(await leasedUsers()).toHaveLength(1);
    expect(await server.stop()).toBe(0);
    expect(await leasedUsers()).toEqual([]);
    expect(server.complaints()).toBe('');
  });
});
