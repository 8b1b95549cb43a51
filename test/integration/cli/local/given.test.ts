import { existsSync } from 'node:fs';
import { startEnvironment } from '../../../../cli/src/local/environment';
import { choosePort } from '../../../../cli/src/engines/process/ports';
import type { Run } from '../../../../cli/src/engines/process/run';

/** An address of this machine where nothing listens. */
const nobody = async (): Promise<string> => `127.0.0.1:${await choosePort(undefined, 'the test')}`;

describe('a server that the user names and that does not answer', () => {
  it.each<[string, (host: string) => NodeJS.ProcessEnv]>([
    ['VAULT_ADDR', (host) => ({ VAULT_ADDR: `http://${host}`, VAULT_TOKEN: 'canary-token' })],
    ['DATABASE_URL', (host) => ({ DATABASE_URL: `postgres://admin:canary-token@${host}/db` })],
    ['REDIS_URL', (host) => ({ REDIS_URL: `redis://admin:canary-token@${host}` })],
    [
      'OIDC_ISSUER_URL',
      (host) => ({
        OIDC_ISSUER_URL: `http://${host}`,
        OAUTH_CLIENT_ID: 'client',
        OAUTH_CLIENT_SECRET: 'canary-token',
      }),
    ],
  ])('ends the start with its address and a remedy, and nothing is left running: %s', async (name, env) => {
    const host = await nobody();
    let run: Run | undefined;
    const start = startEnvironment({ env: env(host), onRun: (opened) => (run = opened) });
    await expect(start).rejects.toMatchObject({
      code: 'ERR_UNREACHABLE',
      problem: expect.stringContaining(host) as string,
      remedy: expect.stringContaining(name) as string,
    });
    await expect(start).rejects.not.toThrow(/canary-token/);
    expect(run).toBeDefined();
    expect(existsSync(run!.folder)).toBe(false);
    expect(() => process.kill(run!.warden.pid!, 0)).toThrow('ESRCH');
  });

  it.each<[string, NodeJS.ProcessEnv]>([
    ['VAULT_TOKEN', { VAULT_ADDR: 'http://127.0.0.1:1' }],
    ['OAUTH_CLIENT_ID', { OIDC_ISSUER_URL: 'http://127.0.0.1:1' }],
  ])('asks for %s where the address alone is not enough', async (missing, env) => {
    await expect(startEnvironment({ env })).rejects.toMatchObject({
      code: 'ERR_SETTING',
      problem: expect.stringContaining(missing) as string,
    });
  });

  it('gets no token over plain HTTP, unless it is on this machine', async () => {
    const env = { VAULT_ADDR: 'http://vault.example.com:8200', VAULT_TOKEN: 'canary-token' };
    await expect(startEnvironment({ env })).rejects.toMatchObject({
      code: 'ERR_SETTING',
      message:
        'Vault at http://vault.example.com:8200 (VAULT_ADDR) would get VAULT_TOKEN in the clear; ' +
        'use https, or unset VAULT_ADDR to get a local server',
    });
  });
});
