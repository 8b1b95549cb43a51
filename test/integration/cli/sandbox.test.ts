/** What `npm start` offers to other terminals: commands work on it where the environment names no servers. */
import { chown, lstat } from 'node:fs/promises';
import type { Finding } from '../../../cli/src/doctor/finding';
import { VaultClient } from '../../../cli/src/engines/vault-client';
import { findSandbox } from '../../../cli/src/sandbox/find-sandbox';
import { offer } from '../../../cli/src/start/offer';
import { policy } from '../../../policy';
import { deployed } from '../../support/deployed';
import { useRun } from '../../support/engines';
import { CHECKOUT, portcullis } from '../../support/portcullis';
import { testUnless } from '../../support/skipped';

const run = useRun();
const admin = (): VaultClient => new VaultClient(deployed().vault.address, deployed().vault.rootToken);

beforeAll(async () => {
  const { issuer, vault, redis } = deployed();
  const withdraw = await offer(
    { run: run(), identity: { issuer, clients: [] }, vault, redis },
    { statusSocket: '' },
  );
  expect(withdraw).toBeDefined();
});

const WHY = ['--reason', 'trying the sandbox'];

it.each([
  ['limits show', ['limits', 'show', 'org-pro'], /pro +60 s +1,000/],
  ['limits top', ['limits', 'top'], /.*/],
  ['limits set', ['limits', 'set', 'org-sandbox', '5000/1m', '--until', '1h', '--no-wait', ...WHY], /./],
  ['revoke', ['revoke', '--subject', 'nobody-of-the-sandbox', ...WHY], /Revoked: subject/],
] as const)('%s works, and says where', async (_, args, answer) => {
  const { code, stdout, stderr } = await portcullis(args);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(answer);
  expect(stderr).toContain(`portcullis: on local, which was started from ${CHECKOUT}`);
});

it('doctor asks what runs, where it runs', async () => {
  const { stdout } = await portcullis(['doctor', 'local', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const found = findings.filter(({ part }) => part === 'target');
  expect(found.filter(({ state }) => state !== 'right')).toEqual([]);
  const { vault, issuer } = deployed();
  expect(found.map((one) => one.found).join()).toMatch(new RegExp(`${vault.address}.*${issuer}`, 's'));
});

it('whois works, with a reason', async () => {
  const person = Buffer.from(`${deployed().issuer} ada`).toString('base64');
  const context = Buffer.from('subject').toString('base64');
  const { data } = await admin().write(`pseudonyms/encrypt/${policy.name}`, { plaintext: person, context });
  const { code, stdout } = await portcullis(['whois', String(data?.ciphertext), ...WHY]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `ada\n  of ${deployed().issuer}\n` });
});

it('secrets put works, as the operator', async () => {
  const written = await portcullis(['secrets', 'put', 'secret/sandbox', 'field'], { input: 'value\n' });
  expect(written).toMatchObject({ code: 0 });
  const { data } = await admin().read('secret/data/sandbox');
  expect(data).toMatchObject({ data: { field: 'value' } });
});

it('support may not do what the operator may, and neither token outlives its work for long', async () => {
  const sandbox = await findSandbox(CHECKOUT);
  const support = new VaultClient(deployed().vault.address, await sandbox?.vaultToken('support'));
  await expect(support.read(`secret/data/${policy.name}/config`)).rejects.toMatchObject({ status: 403 });
  for (const person of ['support', 'operator'] as const) {
    const token = await sandbox?.vaultToken(person);
    const { data } = await admin().write('auth/token/lookup', { token });
    expect(Number(data?.ttl)).toBeLessThanOrEqual(900);
    expect(Number(data?.ttl)).toBeGreaterThan(0);
  }
});

it('servers that the environment names are meant, whatever runs', async () => {
  const { code, stderr } = await portcullis(['limits', 'show', 'org-pro'], {
    env: { REDIS_HOST: 'localhost' },
  });
  expect(code).toBe(1);
  expect(stderr).toContain('there is no way to Redis in the environment');
  expect(stderr).not.toContain('on local');
});

const notRoot = process.getuid?.() === 0 ? undefined : 'only root can give a folder away';
testUnless(notRoot)('what lies in another user’s folder is not asked', async () => {
  const { uid, gid } = await lstat(run().folder);
  await chown(run().folder, 65_534, 65_534);
  try {
    await expect(findSandbox(CHECKOUT)).resolves.toBeUndefined();
  } finally {
    await chown(run().folder, uid, gid);
  }
});
