import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemOfField } from '../../../../cli/src/secrets/known-fields';
import { putField } from '../../../../cli/src/secrets/put';
import { renderStatus } from '../../../../cli/src/secrets/render-status';
import { readStatus } from '../../../../cli/src/secrets/status';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import config from '../../../../portcullis.config';
import { CHECKOUT, commandLine, portcullis } from '../../../support/portcullis';
import { until } from '../../../support/until';
import { useShortLeases } from './short-leases';

const leases = useShortLeases();

const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  VAULT_ADDR: leases().vault.address,
  VAULT_TOKEN: leases().vault.rootToken,
});

const read = async (name: string): Promise<unknown> => {
  const { data } = await leases().admin.read(`secret/data/${name}`);
  return data?.data;
};

test('put takes the value from standard input, and shows it nowhere', async () => {
  const { code, stdout, stderr } = await portcullis(['secrets', 'put', 'secret/piped', 'key', '--json'], {
    env: environment(),
    input: 'canary-one\n',
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ path: 'secret/piped', field: 'key', version: 1 });
  expect(await read('piped')).toEqual({ key: 'canary-one' });
  expect(await readFile(leases().vault.auditFiles[0], 'utf8')).not.toContain('canary');
});

test('put does not read a secret from a terminal', async () => {
  // script(1) gives the command a terminal of its own.
  const command = [process.execPath, ...commandLine('own'), 'secrets', 'put', 'secret/typed', 'key'].join(
    ' ',
  );
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: CHECKOUT, env: environment() });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));

  expect(output).toContain('standard input is a terminal, which would show the secret');
  expect(code).toBe(1);
});

test('put keeps the other fields, and writes on top of the version it was told', async () => {
  const vault = leases().admin;
  const path = 'secret/api/config';
  expect(await putField(vault, { path, field: 'a', value: '1' })).toBe(1);
  expect(await putField(vault, { path, field: 'b', value: '2' })).toBe(2);
  expect(await putField(vault, { path, field: 'a', value: '3', cas: 2 })).toBe(3);
  expect(await read('api/config')).toEqual({ a: '3', b: '2' });

  for (const cas of [0, 2]) {
    await expect(putField(vault, { path, field: 'a', value: 'canary', cas })).rejects.toMatchObject({
      code: 'ERR_VAULT_REFUSED',
      problem: 'secret/api/config is at another version',
    });
  }
  expect(await read('api/config')).toEqual({ a: '3', b: '2' });
});

test('put writes nothing that the API could not start with', async () => {
  const vault = leases().admin;
  const [path, field] = ['secret/fintech-api/config', 'encryption_key'];
  await putField(vault, { path, field, value: 'k'.repeat(32) }, problemOfField(config));
  await expect(
    putField(vault, { path, field, value: 'five5' }, problemOfField(config)),
  ).rejects.toMatchObject({
    code: 'ERR_SETTING',
    message: expect.not.stringContaining('five5') as string,
  });
  expect(await read('fintech-api/config')).toEqual({ encryption_key: 'k'.repeat(32) });
});

test.each([
  ['of two segments', 'team/vaults', 'team/vaults/api/config', 'team/vaults/data/api/config'],
  ['of three', 'a/b/c', 'a/b/c/config', 'a/b/c/data/config'],
])('put finds a mount %s', async (_what, mount, path, target) => {
  const { admin } = leases();
  await admin.write(`sys/mounts/${mount}`, { type: 'kv', options: { version: '2' } });
  // OpenBao upgrades a new mount for a moment, and refuses writes meanwhile.
  await until(() => putField(admin, { path, field: 'a', value: '1' }));
  expect(await putField(admin, { path, field: 'b', value: '2' })).toBe(2);

  const { data } = await admin.read(target);
  expect(data?.data).toEqual({ a: '1', b: '2' });
});

test('put without the right, or onto what is no entry, says what to do', async () => {
  const { auth } = await leases().admin.write<{ auth: { client_token: string } }>('auth/token/create', {
    policies: ['service'],
  });
  const reader = new VaultClient(leases().vault.address, auth.client_token);
  await expect(putField(reader, { path: 'secret/api', field: 'key', value: 'canary' })).rejects.toMatchObject(
    {
      code: 'ERR_VAULT_REFUSED',
      remedy: 'its policy needs "patch", and "create" for a new entry, on "secret/data/api"',
    },
  );
  await expect(
    putField(leases().admin, { path: 'secret', field: 'key', value: 'canary' }),
  ).rejects.toMatchObject({ code: 'ERR_SETTING' });
  await expect(
    putField(leases().admin, { path: 'nowhere/api', field: 'key', value: 'canary' }),
  ).rejects.toMatchObject({
    code: 'ERR_VAULT_REFUSED',
    message: expect.not.stringContaining('canary') as string,
  });
  await expect(
    putField(new VaultClient('http://127.0.0.1:1'), { path: 'secret/a', field: 'key', value: 'canary' }),
  ).rejects.toMatchObject({ code: 'ERR_UNREACHABLE' });
});

test("status shows a running service's token and leases on a socket that is its own", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-status-'));
  const statusSocket = join(folder, 'status.sock');
  await leases().leaseFor(600);
  const { secrets } = await leases().connect({ statusSocket });
  try {
    const { host, port } = leases().postgres;
    const pool = secrets.postgresPool('pg', { host, port, database: 'postgres' });
    const { rows } = await pool.query<{ user: string }>('select current_user as user');

    expect((await stat(statusSocket)).mode & 0o777).toBe(0o600);
    const status = await readStatus(statusSocket);
    expect(status).toMatchObject({
      token: { valid: true, nextAction: 'renew' },
      leases: [{ role: 'pg', state: 'serving', user: rows[0]?.user, nextAction: 'rotate' }],
    });
    expect(JSON.stringify(status)).not.toContain('database/creds');
    const shown = renderStatus(status);
    expect(shown).toMatch(/^Vault token +valid +in (1 h 0 min|59 min \d+ s) +renew in \d+ min \d+ s$/m);
    expect(shown).toMatch(
      /^pg \(vault-database\) +serving +v-\S+ +\d+ s +in (9|10) min \d+ s +rotate in [78] min \d+ s$/m,
    );
  } finally {
    await secrets.close();
  }
  await expect(readStatus(statusSocket)).rejects.toMatchObject({ code: 'ERR_UNREACHABLE' });
  await rm(folder, { recursive: true });
});
