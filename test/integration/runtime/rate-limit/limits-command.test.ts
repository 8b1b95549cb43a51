import { rateLimit } from '@portcullis/runtime';
import { Command } from 'commander';
import { register } from '../../../../cli/src/limits/command';
import { PortcullisError } from '../../../../cli/src/errors';
import { until } from '../../../support/until';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { policy } from '../../../../policy';
import { useOpenBao } from '../../../support/engines';
import { serve, type TestApp } from './app';
import { countedIn, keysBesideReports } from './counted';
import { useTestRedis } from './redis';
import { PATIENTLY } from '../../../support/patiently';

const ISSUER = 'https://issuer.example.com';

describe('portcullis limits', () => {
  const vault = useOpenBao();
  const { server, redis } = useTestRedis();
  let app: TestApp;

  beforeAll(async () => {
    // What a support user may do, and no more.
    const rules = ['~portcullis:*', '+eval', '+evalsha', '+time', '+mget', '+del', '+info', '+@connection'];
    await redis().sendCommand(['ACL', 'SETUSER', 'support', 'reset', 'on', '>hunter22', ...rules]);
    app = await serve(rateLimit({ ...PATIENTLY, policy, redis: redis() }));
  });
  afterAll(async () => {
    await app.close();
  });
  beforeEach(() => redis().flushAll());

  const support = (): string => server().url.replace('//', '//support:hunter22@');

  /** The command in this process: what it prints, its exit code, and what it would fail with. */
  const portcullis = async (args: readonly string[], env: NodeJS.ProcessEnv = { REDIS_URL: support() }) => {
    let output = '';
    let errors = '';
    jest.replaceProperty(process, 'env', { ...process.env, ...env });
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      output += String(text);
      return true;
    });
    jest.spyOn(console, 'log').mockImplementation((text) => {
      output += `${String(text)}\n`;
    });
    jest.spyOn(console, 'error').mockImplementation((text) => {
      errors += String(text);
    });
    const before = process.exitCode;
    // Whatever ran in this process earlier may have left one.
    process.exitCode = 0;
    process.stdin.isTTY = false;
    try {
      const program = new Command();
      register(program);
      const failure = await program.parseAsync(['node', 'portcullis', 'limits', ...args]).then(
        () => undefined,
        (error: unknown) => error as PortcullisError,
      );
      return { code: process.exitCode, output, errors, failure };
    } finally {
      process.exitCode = before;
      jest.restoreAllMocks();
    }
  };
  const spend = async (): Promise<void> => {
    for (let call = 0; call < 2; call += 1)
      await app.call('POST', '/api/reports/generate', { organisation: 'acme' });
  };

  test('show prints what was spent and what each tier has left, as a table and as JSON', async () => {
    await spend();
    const table = await portcullis(['show', 'acme', '--issuer', ISSUER]);
    expect(table).toMatchObject({
      code: 0,
      errors: expect.stringContaining('VAULT_ADDR is not set') as string,
    });
    expect(table.output).toMatch(/^tier +window +limit +used +remaining +all free in\n/);
    expect(table.output).toMatch(/^free +60 s +100 +40 +60 +\d+ s$/m);
    expect(table.output).toMatch(/^enterprise +60 s +10,000 +40 +9,960 +\d+ s$/m);

    const { output } = await portcullis(['show', 'acme', '--issuer', ISSUER, '--json']);
    const shown = JSON.parse(output) as { windows: unknown[] };
    expect(shown).toMatchObject({ organisation: 'acme', issuer: ISSUER, overridesKnown: false });
    expect(shown.windows[1]).toMatchObject({
      ...{ tier: 'pro', windowSeconds: 60, limit: 1_000, used: 40, remaining: 960 },
    });
    // Looking costs nothing.
    expect(await countedIn(redis(), 60)).toBe(40);
  });

  test('show says that nothing is counted for a name that may be mistyped', async () => {
    await spend();
    const mistyped = await portcullis(['show', 'acmee', '--issuer', ISSUER, '--json']);
    expect(mistyped.errors).toContain(
      'no call of "acmee" of https://issuer.example.com counts in any window',
    );
    expect(JSON.parse(mistyped.output)).toMatchObject({ counted: false });
    const right = await portcullis(['show', 'acme', '--issuer', ISSUER, '--json']);
    expect(right.errors).not.toContain('counts in any window');
    expect(JSON.parse(right.output)).toMatchObject({ counted: true });
  });

  test('show puts limits that are the organisation’s own before those of the tiers', async () => {
    const admin = new VaultClient(vault().address, vault().rootToken);
    const env = { REDIS_URL: support(), VAULT_ADDR: vault().address, VAULT_TOKEN: vault().rootToken };
    const show = (organisation: string) =>
      portcullis(['show', organisation, '--issuer', ISSUER, '--json'], env);
    await admin.write('sys/mounts/secret', { type: 'kv', options: { version: '2' } });
    await spend();
    // A mount of version 2 answers 400 for a moment after it was made; then there is no entry, and that is an answer.
    await until(async () =>
      expect(JSON.parse((await show('acme')).output)).toMatchObject({
        overridesKnown: true,
        windows: [{ tier: 'free' }, {}, {}],
      }),
    );

    const entry = `secret/data/${policy.name}/limits`;
    await admin.write(entry, { data: { acme: '5000/1m', globex: 'pro' } });
    expect(JSON.parse((await show('acme')).output)).toMatchObject({
      windows: [
        { tier: 'custom', override: true, limit: 5_000, used: 40, remaining: 4_960 },
        { tier: 'free', override: false, limit: 100, used: 40, remaining: 60 },
        ...[{ tier: 'pro' }, { tier: 'enterprise' }],
      ],
    });
    expect(JSON.parse((await show('globex')).output)).toMatchObject({
      windows: [{ tier: 'pro', override: true, limit: 1_000, used: 0 }, {}, { override: false }, {}],
    });
    const table = await portcullis(['show', 'acme', '--issuer', ISSUER], env);
    expect(table).toMatchObject({ code: 0, errors: '' });
    expect(table.output).toMatch(/^custom \(its own\) +60 s +5,000 +40 +4,960 +\d+ s$/m);

    await admin.write(entry, { data: { acme: 'gold' } });
    const unread = await show('acme');
    expect(unread.errors).toMatch(
      /its field in the entry of limits is left out by services: expected a tier/,
    );
    expect(JSON.parse(unread.output)).toMatchObject({
      overridesKnown: true,
      windows: [{ tier: 'free' }, {}, {}],
    });
  });

  test('reset forgets it, once it is confirmed', async () => {
    await spend();
    const unconfirmed = await portcullis(['reset', 'acme', '--issuer', ISSUER]);
    expect(unconfirmed.code).toBe(2);
    expect(unconfirmed.errors).toContain('give --yes');
    expect(await keysBesideReports(redis())).toHaveLength(1);

    expect(await portcullis(['reset', 'acme', '--issuer', ISSUER, '--yes'])).toMatchObject({
      ...{ code: 0, output: 'Reset: the whole limit is free again.\n' },
    });
    expect(await keysBesideReports(redis())).toEqual([]);
    const again = await portcullis(['reset', 'acme', '--issuer', ISSUER, '--yes', '--json']);
    expect(JSON.parse(again.output)).toEqual({ organisation: 'acme', issuer: ISSUER, reset: false });
  });

  test('what does not work is said, with what to do and without a password', async () => {
    const { failure: nothing } = await portcullis(['show', 'acme'], { REDIS_URL: '' });
    expect(nothing).toBeInstanceOf(PortcullisError);
    expect(nothing?.remedy).toBe('set REDIS_URL; or VAULT_ADDR, VAULT_TOKEN and REDIS_HOST, to lease a user');

    const wrong = server().url.replace('//', '//support:hunter99@');
    for (const REDIS_URL of ['redis://support:hunter22@127.0.0.1:1', wrong, 'support:hunter22']) {
      const { failure } = await portcullis(['show', 'acme'], { REDIS_URL });
      expect(failure?.problem).toMatch(
        /^Redis at (redis:\/\/127\.0\.0\.1:\d+|\(not a URL\)) cannot be used: ./,
      );
      expect(failure?.message).not.toContain('hunter');
    }

    await redis().sendCommand([
      'ACL',
      'SETUSER',
      'onlooker',
      'reset',
      'on',
      '>hunter22',
      '+@connection',
      '+info',
    ]);
    const REDIS_URL = server().url.replace('//', '//onlooker:hunter22@');
    const { failure: powerless } = await portcullis(['show', 'acme'], { REDIS_URL });
    expect(powerless?.problem).toMatch(/^Redis does not do it: NOPERM/);
    expect(powerless?.remedy).toContain('may run EVAL');
  });
});
