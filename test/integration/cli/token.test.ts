/** `portcullis token` asks a real provider: by the config's clients, and by those of what runs. */
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { findSandbox } from '../../../cli/src/sandbox/find-sandbox';
import { offerSandbox } from '../../../cli/src/sandbox/offer-sandbox';
import { policy } from '../../../policy';
import { useOidc, useRun } from '../../support/engines';
import { CHECKOUT, portcullis, type Ran } from '../../support/portcullis';

const SECRET = 'a-secret-of-the-test-that-is-long-enough';
const scopes = ['read:transactions', 'write:transactions'];
const client = { clientId: 'pro-client', clientSecret: SECRET, organisation: 'org-pro', tier: 'pro', scopes };
const provider = useOidc({ audience: policy.audience, scopes, accessTokenSeconds: 900, clients: [client] });
const run = useRun();

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tokens-')));
  const clients = { pro: { clientId: client.clientId, secretVariable: 'PRO_SECRET', scopes } };
  const staging = { issuer: provider().issuer, verify: { clients } };
  await writeFile(
    join(folder, 'portcullis.config.ts'),
    `import { policy } from ${JSON.stringify(join(CHECKOUT, 'policy'))};
export default { policy, environments: { local: {}, staging: ${JSON.stringify(staging)} } };\n`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

const token = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  portcullis(['token', ...args], { cwd: folder, env });

it('prints a token of the config’s client, and nothing else', async () => {
  const { code, stdout, stderr } = await token(['pro', '-e', 'staging'], { PRO_SECRET: SECRET });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^[\w.-]+\n$/);
  expect(decodeJwt(stdout)).toMatchObject({
    ...{ iss: provider().issuer, aud: policy.audience, client_id: 'pro-client', tier: 'pro' },
    scope: scopes.join(' '),
  });
});

it('grants what --scope names, and says when it ends', async () => {
  const asked = await token(['pro-client', '-e', 'staging', '--json', '--scope', 'read:transactions'], {
    PRO_SECRET: SECRET,
  });
  const answer = JSON.parse(asked.stdout) as { token: string; expiresAt: string; scopes: string[] };
  expect(answer).toMatchObject({
    environment: 'staging',
    clientId: 'pro-client',
    scopes: ['read:transactions'],
  });
  const { exp, scope } = decodeJwt(answer.token);
  expect(scope).toBe('read:transactions');
  expect(Math.abs(Date.parse(answer.expiresAt) / 1_000 - (exp ?? 0))).toBeLessThan(10);
});

it('says where the secret is that the provider refuses, and never the secret', async () => {
  const wrong = 'another-secret-that-is-wrong';
  const { code, stdout, stderr } = await token(['pro', '-e', 'staging'], { PRO_SECRET: wrong });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/gave client "pro-client" no token: it gave no token: invalid_client/);
  expect(stderr).toContain('the environment variable PRO_SECRET');
  expect(stderr).not.toContain(wrong);
});

it('finds what runs from the same folder by itself, and not once it is withdrawn', async () => {
  const nothing = await token(['pro']);
  expect(nothing).toMatchObject({ code: 1, stdout: '' });
  expect(nothing.stderr).toContain('no environment is named');

  const withdraw = await offerSandbox(
    run(),
    {
      ...{ folder, environment: 'local', issuer: provider().issuer, vaultAddress: 'http://127.0.0.1:1' },
      ...{ redis: { host: '127.0.0.1', port: 1 }, statusSocket: '' },
      clients: [{ clientId: 'pro-client', tier: 'pro' }],
    },
    {
      client: () => Promise.resolve({ clientId: 'pro-client', clientSecret: SECRET }),
      vaultToken: () => Promise.resolve('a token'),
    },
  );
  const { code, stdout } = await token(['pro']);
  expect(code).toBe(0);
  expect(decodeJwt(stdout)).toMatchObject({ client_id: 'pro-client' });

  const found = await findSandbox(folder);
  await expect(found?.client('nobody')).rejects.toThrow(/404/);
  await expect(findSandbox(tmpdir())).resolves.toBeUndefined();
  withdraw?.();
  await expect(findSandbox(folder)).resolves.toBeUndefined();
});
