/** Scripts of security.yml that can run here, as a runner runs them: against a real provider, and a stand-in of staging. */
import { readFile, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { parse } from 'yaml';
import { forgetTokens, keepTokenFresh } from '../../constructs/src/github/security-workflow';
import { poll } from '../../local/poll';
import { randomPassword } from '../../local/secrets';
import { deliveryFiles } from '../../stacks/github-settings';
import { useOidc, useRun } from '../support/engines';
import { inShell } from '../support/github/step';

const AUDIENCE = 'https://api.example.com';
const CLIENT = { clientId: 'scan-free', clientSecret: `${randomPassword()}"\\$'` };

const run = useRun();
const oidc = useOidc({
  audience: AUDIENCE,
  scopes: ['read:things', 'write:things'],
  accessTokenSeconds: 60,
  clients: [{ ...CLIENT, organisation: 'scanners', tier: 'free', scopes: ['read:things', 'write:things'] }],
});

describe('the access token of a scan', () => {
  const step = () =>
    keepTokenFresh({
      url: `${oidc().issuer}/token`,
      resource: AUDIENCE,
      scopes: ['read:things', 'write:things'],
      renewSeconds: 1,
    });
  const keep = (folder: string, clientSecret = CLIENT.clientSecret) =>
    inShell(folder, step().run ?? '', {
      ...step().env,
      CLIENT_ID: CLIENT.clientId,
      CLIENT_SECRET: clientSecret,
    });

  it('is renewed while the scan runs, masked, and gone when it has ended', async () => {
    const folder = await run().subfolder('renewed');
    const file = join(folder, '.zap/run/token');
    const started = await keep(folder);
    const first = await readFile(file, 'utf8');
    expect(started.stdout).toBe(`::add-mask::${first}\n`);
    expect(decodeJwt(first)).toMatchObject({
      aud: AUDIENCE,
      scope: 'read:things write:things',
      tier: 'free',
    });

    const later = await poll(
      async () => {
        const token = await readFile(file, 'utf8');
        expect(token).not.toBe(first);
        return token;
      },
      { timeoutMs: 10_000 },
    );
    const renewing = Number(await readFile(join(folder, '.zap/run/renewing'), 'utf8'));
    const { stdout } = await inShell(folder, forgetTokens().run ?? '', {});
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([`::add-mask::${first}`, `::add-mask::${later}`]),
    );
    await expect(stat(join(folder, '.zap/run'))).rejects.toThrow('ENOENT');
    await poll(
      async () => {
        await Promise.resolve();
        expect(() => process.kill(renewing, 0)).toThrow('ESRCH');
      },
      { timeoutMs: 5_000 },
    );
  }, 40_000);

  it('that cannot be had fails the step, before anything is scanned', async () => {
    const folder = await run().subfolder('refused');
    await expect(keep(folder, 'wrong')).rejects.toMatchObject({ stdout: '' });
    // What comes after a step that failed runs all the same.
    await expect(inShell(folder, forgetTokens().run ?? '', {})).resolves.toMatchObject({ stdout: '' });
  }, 30_000);
});

describe('the release that is scanned', () => {
  const steps = (
    parse(deliveryFiles()['.github/workflows/security.yml'] ?? '') as {
      jobs: Record<string, { steps: { name: string; run?: string }[] }>;
    }
  ).jobs['full-scan']?.steps;
  const script = (name: string): string => steps?.find((step) => step.name === name)?.run ?? '';

  let staging: Server;
  let served: string | undefined;
  let asked = 0;
  const url = (): string => `http://127.0.0.1:${(staging.address() as AddressInfo).port}`;
  beforeAll(() => {
    staging = createServer((_, response) => response.end(JSON.stringify({ status: 'up', release: served })));
    return new Promise<void>((resolve) => staging.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => staging.close());

  const answer = async (name: string): Promise<{ code?: number; stdout: string }> =>
    inShell(run().folder, script(name), {
      STAGING_URL: url(),
      RELEASE: 'this-one',
    }).catch((failed: unknown) => failed as { code: number; stdout: string });

  it('is scanned when it is there', async () => {
    served = 'this-one';
    await expect(answer('Wait until staging serves the release')).resolves.toMatchObject({ stdout: '' });
    await expect(answer('See that staging serves it still')).resolves.toMatchObject({ stdout: '' });
  }, 20_000);

  it('is waited for, and not for ever', async () => {
    const waiting = `sleep() { :; }; ${script('Wait until staging serves the release')}`;
    const variables = { STAGING_URL: url(), RELEASE: 'this-one' };
    served = undefined;
    staging.on('request', () => {
      if ((asked += 1) === 3) served = 'this-one';
    });
    await expect(inShell(run().folder, waiting, variables)).resolves.toMatchObject({ stdout: '' });
    served = 'another-one';
    await expect(inShell(run().folder, waiting, variables)).rejects.toMatchObject({
      code: 1,
      stdout: '::error::staging serves another-one, not this-one\n',
    });
    expect(asked).toBe(4 + 60);
  }, 30_000);

  it.each([
    ['its successor', 'another-one'],
    ['something that does not say what it is', undefined],
  ])(
    'does not count when %s is there before the scan has ended',
    async (_, other) => {
      served = other;
      await expect(answer('See that staging serves it still')).resolves.toMatchObject({
        code: 1,
        stdout: `::error::staging served ${other ?? 'nothing'} before the scan had ended\n`,
      });
    },
    20_000,
  );
});
