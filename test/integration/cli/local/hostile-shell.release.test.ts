/** `npm start` in a shell where other programs' variables are set: none of them has a say in what is used. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../../../cli/src/engines/install/cache-folder';
import { useOpenBao, usePostgres, useRedis, useRun } from '../../../support/engines';
import { snapshotOf } from './own-servers';

const CHECKOUT = join(__dirname, '../../../..');

const run = useRun();
const openbao = useOpenBao();
const postgres = usePostgres();
const redis = useRedis();

const servers = () => ({
  vault: { address: openbao().address, token: openbao().rootToken },
  databaseUrl: postgres().adminUrl,
  redisUrl: redis().adminUrl,
});

it('walks the whole journey on servers of its own, says so, and leaves those in the shell alone', async () => {
  const before = await snapshotOf(servers());
  const { hostname, port, username, password } = new URL(postgres().adminUrl);
  const theirs = await run().subfolder('theirs');
  const child = await run().spawn({
    name: 'start',
    command: process.execPath,
    args: [join(CHECKOUT, 'bootstrap.mjs'), 'start', '--check', '--json'],
    cwd: CHECKOUT,
    env: {
      PATH: process.env.PATH,
      // Nothing can be written or read there.
      HOME: '/dev/null',
      PORTCULLIS_CACHE: cacheFolder(),
      VAULT_ADDR: openbao().address,
      VAULT_TOKEN: openbao().rootToken,
      VAULT_NAMESPACE: 'elsewhere',
      VAULT_CACERT: '/nowhere/ca.pem',
      BAO_ADDR: openbao().address,
      DATABASE_URL: postgres().adminUrl,
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
      PGPASSWORD: password,
      PGDATABASE: 'elsewhere',
      PGSSLMODE: 'require',
      PGOPTIONS: '-c search_path=elsewhere',
      REDIS_URL: redis().adminUrl,
      OIDC_ISSUER_URL: 'http://127.0.0.1:1',
      OAUTH_CLIENT_ID: 'elsewhere',
      OAUTH_AUDIENCE: 'https://elsewhere.example.com',
      TF_CLI_ARGS: '-bogus',
      TF_CLI_ARGS_plan: '-destroy',
      TF_WORKSPACE: 'elsewhere',
      TF_DATA_DIR: '/nowhere',
      TF_VAR_postgres_admin_password: 'elsewhere',
      TF_VAR_state_passphrase: 'short',
      TF_LOG: 'TRACE',
      TF_CLI_CONFIG_FILE: '/nowhere/cli.tfrc',
      TF_PLUGIN_CACHE_DIR: theirs,
      TF_REGISTRY_CLIENT_TIMEOUT: 'elsewhere',
      CDKTF_OUTDIR: '/nowhere',
      CDKTF_HOME: theirs,
    },
    graceMs: 30_000,
  });
  const { code } = await child.exited;
  const output = await readFile(child.log, 'utf8');

  expect(output).toContain('"passed": true');
  expect(code).toBe(0);
  expect(output).toMatch(/not used: .*DATABASE_URL.*VAULT_ADDR/);
  expect(output).toContain('PORTCULLIS_DATABASE_URL');
  expect(output).not.toContain(password);
  expect(output).not.toContain(openbao().rootToken);
  await expect(snapshotOf(servers())).resolves.toEqual(before);
  await expect(readdir(theirs)).resolves.toEqual([]);
});
