/** Scripts of security.yml that can run here, as a runner runs them: against a real provider, and a stand-in of staging. */
import { readFile, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { enforce, overridesSchema, rateLimit, requireAuth } from '@portcullis/runtime';
import { definePolicy } from '@portcullis/runtime/policy';
import express from 'express';
import { decodeJwt } from 'jose';
import { parse } from 'yaml';
import { forgetTokens, keepTokenFresh, seeThrough } from '../../constructs/src/github/scanning/scan-token';
import { until } from '../support/until';
import { randomPassword } from '../../cli/src/engines/random';
import { deliveryFiles } from '../../stacks/github-settings';
import { useOidc, useRun } from '../support/engines';
import { inShell } from '../support/github/step';
import { useTestRedis } from './runtime/rate-limit/redis';
import { PATIENTLY } from '../support/patiently';

const AUDIENCE = 'https://api.example.com';
// What a form encodes, and what a shell would expand: an issuer decodes both parts of Basic (RFC 6749 §2.3.1).
const CLIENT = { clientId: 'scan free:+', clientSecret: `${randomPassword()}"\\$'%41+ :/` };

const CHECKOUT = join(__dirname, '../..');

const run = useRun();
const oidc = useOidc({
  audience: AUDIENCE,
  scopes: ['read:things', 'write:things'],
  accessTokenSeconds: 60,
  clients: [{ ...CLIENT, organisation: 'scanners', tier: 'free', scopes: ['read:things', 'write:things'] }],
});

function keep(folder: string, clientSecret = CLIENT.clientSecret): ReturnType<typeof inShell> {
  const { run, env } = keepTokenFresh({
    url: `${oidc().issuer}/token`,
    resource: AUDIENCE,
    scopes: ['read:things', 'write:things'],
    renewSeconds: 1,
  });
  return inShell(folder, run ?? '', { ...env, CLIENT_ID: CLIENT.clientId, CLIENT_SECRET: clientSecret });
}

describe('the access token of a scan', () => {
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

    const later = await until(async () => {
      const token = await readFile(file, 'utf8');
      expect(token).not.toBe(first);
      return token;
    });
    const renewing = Number(await readFile(join(folder, '.zap/run/renewing'), 'utf8'));
    const { stdout } = await inShell(folder, forgetTokens().run ?? '', {});
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([`::add-mask::${first}`, `::add-mask::${later}`]),
    );
    await expect(stat(join(folder, '.zap/run'))).rejects.toThrow('ENOENT');
    await until(async () => {
      await Promise.resolve();
      expect(() => process.kill(renewing, 0)).toThrow('ESRCH');
    });
  });

  it('that cannot be had fails the step, before anything is scanned', async () => {
    const folder = await run().subfolder('refused');
    await expect(keep(folder, 'wrong')).rejects.toMatchObject({ stdout: '' });
    // What comes after a step that failed runs all the same.
    await expect(inShell(folder, forgetTokens().run ?? '', {})).resolves.toMatchObject({ stdout: '' });
  });
});

describe('the limits of the client of a scan', () => {
  const { redis } = useTestRedis();
  let api: Server;
  let entries: Record<string, string> = {};
  let folder: string;
  let stop: () => void;

  beforeAll(async () => {
    const policy = definePolicy({
      name: 'things',
      issuer: oidc().issuer,
      audience: AUDIENCE,
      tiers: { free: [{ limit: 100, window: '1m' }], pro: [{ limit: 1_000, window: '1m' }] },
      defaultTier: 'free',
      routes: [{ method: 'GET', path: '/things', scopes: ['read:things'] }],
      lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
    });
    const auth = requireAuth({ policy });
    stop = auth.close;
    const overrides = { current: (name: string) => overridesSchema(policy).parse(entries).overrides(name) };
    const app = express().use(
      auth,
      rateLimit({ ...PATIENTLY, policy, redis: redis(), overrides }),
      enforce(policy),
    );
    app.get('/things', (_req, res) => void res.json({}));
    api = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => api.once('listening', resolve));
    folder = await run().subfolder('limits');
    await keep(folder);
  });
  afterAll(async () => {
    api.close();
    stop();
    await inShell(folder, 'kill "$(cat .zap/run/renewing)" 2> /dev/null || true; rm -rf .zap/run', {});
  });

  /** The step, with the checkout's command, but in the folder that holds the token. */
  const see = async (): Promise<{ code?: number; stdout: string; stderr: string }> => {
    const stagingUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const { run: script, env } = seeThrough({ probe: { path: '/things', atLeast: '100000/1m' } });
    const command =
      'portcullis() { node --import "$CHECKOUT/node_modules/tsx/dist/loader.mjs" "$CHECKOUT/cli/src/bin.ts" "$@"; }';
    return inShell(folder, `${command}\n${script}`, {
      ...env,
      STAGING_URL: stagingUrl,
      CHECKOUT,
      TSX_TSCONFIG_PATH: join(CHECKOUT, 'tsconfig.json'),
    }).catch((failed: unknown) => failed as { code: number; stdout: string; stderr: string });
  };

  it('let it begin when they are its own, and wide', async () => {
    entries = { scanners: '100000/1m' };
    expect(await see()).toMatchObject({
      stdout: expect.stringMatching(/^http:\/\/.* admits 100,000 in 60 s \(custom\)\.\n$/) as string,
      stderr: '',
    });
  });

  it.each([
    ['those of its tier', {}, '100 in 60 s (free)'],
    ['those of a better tier', { scanners: 'pro' }, '1,000 in 60 s (pro)'],
    ['its own, and too narrow', { scanners: '99999/1m' }, '99,999 in 60 s (custom)'],
  ])('end the job before anything is scanned when they are %s', async (_, set, told) => {
    entries = set;
    const { code, stderr } = await see();
    expect(code).toBe(1);
    expect(stderr).toContain(`the token is held to ${told}, which is less than 100000/1m`);
    expect(stderr).toContain('limits set ORGANISATION 100000/1m');
  });

  it('are not taken for wide where the API does not tell them', async () => {
    // Refused before the limiter: an access token that was changed on its way, and is renewed no more.
    await inShell(folder, 'kill "$(cat .zap/run/renewing)" && printf x >> .zap/run/token', {});
    const { code, stderr } = await see();
    await keep(folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/answered 401 and no RateLimit-Policy/);
  });
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
  });

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
      stdout: `::error::staging serves 'another-one', not 'this-one'\n`,
    });
    expect(asked).toBe(4 + 60);
  });

  it.each([
    ['its successor', 'another-one', `'another-one'`],
    ['something that does not say what it is', undefined, `'nothing'`],
    ['something that writes commands to the log', 'a\n::stop-commands::b', `$'a\\n::stop-commands::b'`],
  ])('does not count when %s is there before the scan has ended', async (_, other, said) => {
    served = other;
    await expect(answer('See that staging serves it still')).resolves.toMatchObject({
      code: 1,
      stdout: `::error::staging served ${said} before the scan had ended\n`,
    });
  });
});
