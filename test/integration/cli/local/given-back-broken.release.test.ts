/** Servers of the user's own are as they were: after a failed deploy, a Ctrl-C in the middle, and a kill. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silent, type Progress } from '../../../../cli/src/engines/progress';
import { cacheFolder } from '../../../../cli/src/engines/install/cache-folder';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { startEnvironment } from '../../../../cli/src/local/environment';
import { finishGivingBack } from '../../../../cli/src/local/given/finish';
import { ChangeRecord } from '../../../../cli/src/local/given/record';
import { useOpenBao, usePostgres, useRedis, useRun } from '../../../support/engines';
import { until } from '../../../support/until';
import { snapshotOf, type OwnServers } from './own-servers';

const CHECKOUT = join(__dirname, '../../../..');
const run = useRun();
const openbao = useOpenBao();
const postgres = usePostgres();
const redis = useRedis();

const servers = (token = openbao().rootToken): OwnServers => ({
  vault: { address: openbao().address, token },
  databaseUrl: postgres().adminUrl,
  redisUrl: redis().adminUrl,
});
const agrees = (): Promise<void> => Promise.resolve();
const root = (): VaultClient => new VaultClient(openbao().address, openbao().rootToken);

const ALL = 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }';

/** A token that may do everything, by a policy of that name. */
async function tokenOf(name: string): Promise<string> {
  await root().write(`sys/policies/acl/${name}`, { policy: ALL });
  const { auth } = await root().write('auth/token/create', { policies: [name], ttl: '1h' });
  return auth?.client_token ?? '';
}

/** Without it, a role of the database cannot be made: the deploy fails after mounts, policies and connections. */
const NO_ROLE = 'path "database/roles/redis-role" { capabilities = ["deny"] }';
const NO_UNMOUNT = 'path "sys/mounts/secret" { capabilities = ["create", "read", "update", "sudo"] }';

/** Takes rights away when the deploy begins: the start itself refuses a token that lacks them. */
function taking(name: string, rules: string): Progress {
  return {
    step: async (title, work) => {
      if (title === 'cdktf deploy')
        await root().write(`sys/policies/acl/${name}`, { policy: `${ALL}\n${rules}` });
      return work(() => undefined);
    },
  };
}

// A test that failed leaves its changes on record, which would fail the ones after it.
afterEach(async () => {
  const mine = (await ChangeRecord.all()).filter(({ vault }) => vault === openbao().address);
  for (const { id } of mine) await finishGivingBack(id, servers(), silent);
});

/** The ID of the changes that an error says are recorded. */
const recordIn = ({ remedy }: { remedy: string }): string => /--give-back (\w+)/.exec(remedy)?.[1] ?? '';
const failureOf = (start: Promise<unknown>): Promise<{ code: string; problem: string; remedy: string }> =>
  start.then(
    () => {
      throw new Error('expected a failure');
    },
    (error: unknown) => error as { code: string; problem: string; remedy: string },
  );

it('after a deploy that fails half-way', async () => {
  const token = await tokenOf('no-role');
  const before = await snapshotOf(servers());
  const { code, problem, remedy } = await failureOf(
    startEnvironment({ given: servers(token), confirm: agrees, progress: taking('no-role', NO_ROLE) }),
  );
  expect(code).toBe('ERR_DEPLOY');
  expect(problem).toContain('redis-role');
  // eslint-disable-next-line no-control-regex
  expect(problem).not.toMatch(/\u001b/);
  expect(problem).not.toContain(token);
  expect(remedy).not.toContain('--give-back');
  await expect(snapshotOf(servers())).resolves.toEqual(before);
});

it('not at once when Vault refuses it: what is left is kept on record, and finished later', async () => {
  const token = await tokenOf('no-unmount');
  const before = await snapshotOf(servers());
  const progress = taking('no-unmount', `${NO_ROLE}\n${NO_UNMOUNT}`);
  const failure = await failureOf(startEnvironment({ given: servers(token), confirm: agrees, progress }));
  expect(failure.code).toBe('ERR_GIVE_BACK');
  // Whoever finishes it later does not start again.
  expect(failure.problem).not.toMatch(/cdktf destroy failed[^]*start again/);
  // Why the deploy failed is said too, and what is left.
  expect(failure.problem).toContain('redis-role');
  expect(failure.problem).toContain('the mount secret/');
  const id = recordIn(failure);
  const folder = join(cacheFolder(), 'given', id);
  expect(failure.remedy).toContain(folder);
  expect(existsSync(join(folder, 'state', 'vault-local.tfstate'))).toBe(true);
  await expect(readFile(join(folder, 'changes.json'), 'utf8')).resolves.not.toContain(token);

  // A second start says so instead of making it worse.
  const second = await failureOf(startEnvironment({ given: servers(), confirm: agrees }));
  expect(second.code).toBe('ERR_GIVEN_SERVER');
  expect(second.problem).toContain(`--give-back ${id}`);

  // Other servers than those that were changed are left alone.
  const { vault } = servers();
  await expect(finishGivingBack(id, { vault }, silent)).rejects.toMatchObject({ code: 'ERR_SETTING' });

  await finishGivingBack(id, servers(), silent);
  await expect(snapshotOf(servers())).resolves.toEqual(before);
  expect(existsSync(folder)).toBe(false);
});

it('leases that could not be ended are not left, once Vault has ended them with their mount', async () => {
  const token = await tokenOf('no-revocation');
  const before = await snapshotOf(servers());
  const progress = taking('no-revocation', 'path "sys/leases/revoke-prefix/*" { capabilities = ["deny"] }');
  const environment = await startEnvironment({ given: servers(token), confirm: agrees, progress });
  await (await environment.serve()).stop();
  await environment.stop();
  await expect(snapshotOf(servers())).resolves.toEqual(before);
});

it('after a Ctrl-C in the middle of the deploy', async () => {
  const before = await snapshotOf(servers());
  const controller = new AbortController();
  const progress: Progress = {
    step: (title, work) => work(() => title === 'cdktf deploy' && controller.abort()),
  };
  const start = startEnvironment({
    given: servers(),
    confirm: agrees,
    signal: controller.signal,
    progress,
  });
  // The start itself did not fail.
  await expect(start).rejects.toMatchObject({ name: 'AbortError' });
  await expect(snapshotOf(servers())).resolves.toEqual(before);
});

it('after npm start was killed while it served, once that is finished', async () => {
  const before = await snapshotOf(servers());
  const { username, password, host } = new URL(postgres().adminUrl);
  let serving = false;
  const child = await run().spawn({
    name: 'killed',
    command: process.execPath,
    args: [
      ...[join(CHECKOUT, 'bootstrap.mjs'), 'start', '--yes', '--vault-addr', openbao().address],
      ...['--database-url', `postgres://${username}@${host}`],
    ],
    cwd: CHECKOUT,
    env: {
      ...process.env,
      PORTCULLIS_VAULT_TOKEN: openbao().rootToken,
      PORTCULLIS_DATABASE_PASSWORD: password,
      PORTCULLIS_REDIS_URL: redis().adminUrl,
    },
    onLine: (line) => (serving ||= line.includes('Serving after')),
  });
  await until(() => serving || !child.running);
  expect(child.running).toBe(true);
  child.signal('SIGKILL');
  await child.exited;

  const second = await failureOf(startEnvironment({ given: servers(), confirm: agrees }));
  const id = /--give-back (\w+)/.exec(second.problem)?.[1] ?? '';
  // The lock of the dead is given up when it was not renewed for a while.
  await until(() => finishGivingBack(id, servers(), silent), { everyMs: 500 });
  await expect(snapshotOf(servers())).resolves.toEqual(before);
});
