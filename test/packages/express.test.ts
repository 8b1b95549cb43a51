/** Apps of strangers with `@portcullis/runtime`: Express 4 and 5, npm and pnpm, and TypeScript that checks everything. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePort } from '../../cli/src/engines/process/ports';
import { useRun } from '../support/engines';
import { AUDIENCE, makeKey, startIssuer, type TestIssuer, type TestKey } from '../support/auth/issuer';
import { until } from '../support/until';
import { bytesIn, Consumer } from './consumer';
import { useMarket } from './market';

const CHECKOUT = join(__dirname, '../..');
const COMPILERS = { '5.9': 'typescript', '7': 'tsc' } as const;
const SETTINGS =
  '--strict --exactOptionalPropertyTypes --skipLibCheck false --noEmit --target es2022 --types node --module nodenext';

const run = useRun();
const market = useMarket();

describe('an Express app', () => {
  let issuer: TestIssuer;
  let key: TestKey;
  beforeAll(async () => {
    issuer = await startIssuer();
    key = await makeKey('first');
    issuer.publish(key);
  });
  afterAll(() => issuer.stop());

  it.each([
    ['4.21 by npm', 'express@4.21.2', ['npm']],
    ['5 by npm', 'express@5', ['npm']],
    ['5 by pnpm', 'express@5', ['pnpm']],
  ] as const)(
    'of Express %s serves who may, and refuses the third call with 429',
    async (name, express, by) => {
      const manager =
        by[0] === 'pnpm' ? [process.execPath, join(market().tools, 'node_modules/pnpm/bin/pnpm.cjs')] : by;
      const consumer = await market().installed({
        title: `@portcullis/runtime, Express ${name}`,
        packages: ['@portcullis/runtime', express],
        mostMegabytes: 30,
        app: 'express',
        manager,
      });
      const scope = 'read:orders';
      for (const file of ['app.cjs', 'app.mjs']) {
        const server = await consumer.start(process.execPath, [file], { ISSUER: issuer.url });
        const origin = await until(async () => {
          const [line] = /http:\S+/.exec(await readFile(server.log, 'utf8')) ?? [];
          return line ?? false;
        });
        const ask = async (token?: string): Promise<number> =>
          (
            await fetch(`${origin}/orders/7`, {
              headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
            })
          ).status;
        const token = await issuer.sign(issuer.claims({ scope, aud: AUDIENCE }), key);
        expect([await ask(), await ask(token), await ask(token), await ask(token)]).toEqual([
          401, 200, 200, 429,
        ]);
        await server.kill();
      }
    },
  );

  it('takes at most 20 MB without Express, without which its policy loads', async () => {
    const consumer = await market().open();
    const { megabytes } = await consumer.install(['@portcullis/runtime', '--omit=peer']);
    const express = join(consumer.folder, 'node_modules/express');
    expect(megabytes - (await bytesIn(express).catch(() => 0)) / 1e6).toBeLessThanOrEqual(20);
    const policy = await consumer.node('-p', "typeof require('@portcullis/runtime/policy').definePolicy");
    expect(policy).toEqual({ code: 0, output: 'function\n' });
  });
});

it('the minute: one file, and the command that it prints brings an answer, ten times', async () => {
  const consumer = await market().installed({
    title: 'the minute',
    packages: ['@portcullis/runtime', 'express', 'jose'],
    mostMegabytes: 30,
  });
  const file = await readFile(join(CHECKOUT, 'examples/minute/server.mjs'), 'utf8');
  await consumer.write('server.mjs', file);
  const PORT = String(await choosePort(undefined, 'the minute'));
  const server = await consumer.start(process.execPath, ['server.mjs'], { PORT });
  const line = await until(async () => {
    const [found] = /^curl .*$/m.exec(await readFile(server.log, 'utf8')) ?? [];
    return found ?? false;
  });
  const ask = async (command: string): Promise<string | undefined> => {
    const { output } = await consumer.execute('sh', ['-c', command.replace('curl', 'curl -s')]);
    return /^HTTP\/1.1 (\d+)/m.exec(output)?.[1];
  };
  expect(await ask(line.replace(/-H '[^']*'/, ''))).toBe('401');
  const answers: unknown[] = [];
  for (let call = 1; call <= 11; call += 1) answers.push(await ask(line));
  expect(answers).toEqual([...Array<string>(10).fill('200'), '429']);
  await server.kill();
});

describe.each(Object.entries(COMPILERS))('TypeScript %s, strict, libraries checked', (version, compiler) => {
  const tsc = join(CHECKOUT, 'node_modules', compiler, 'bin/tsc');

  it.each(['4.17', '5'])(
    'compiles an app with the types of Express %s and of no other peer',
    async (express) => {
      const types = [`@types/express@${express}`, '@types/node@20'];
      const consumer = await market().installed({
        title: `@portcullis/runtime, types of Express ${express}, for TypeScript ${version}`,
        packages: ['@portcullis/runtime', `express@${express === '5' ? '5' : '4.21.2'}`, ...types],
        mostMegabytes: 40,
        app: 'typescript',
      });
      for (const type of ['module', 'commonjs']) {
        await consumer.write('package.json', JSON.stringify({ name: 'orders', type }));
        const outcome = await consumer.node(tsc, ...SETTINGS.split(' '), 'app.ts');
        expect({ type, ...outcome }).toEqual({ type, code: 0, output: '' });
      }
    },
  );
});

describe('where the surroundings are hostile', () => {
  it('no route to a registry ends in one message of npm', async () => {
    const port = await choosePort(undefined, 'nobody');
    const consumer = await Consumer.open(run(), {
      registry: `http://127.0.0.1:${port}/`,
      variables: { npm_config_fetch_retries: '0' },
    });
    const { code, output } = await consumer.execute('npm', ['install', '@portcullis/runtime']);
    expect(code).not.toBe(0);
    expect(output).toContain('ECONNREFUSED');
  });

  it('a home that cannot be written changes nothing for what is installed', async () => {
    const consumer = await market().open();
    await consumer.install(['@portcullis/runtime', 'express@5']);
    // Below a file nobody can write, root included.
    const home = { HOME: join(consumer.folder, 'package.json/home') };
    const load = ['-e', "require('@portcullis/runtime')"];
    expect(await consumer.execute(process.execPath, load, home)).toEqual({ code: 0, output: '' });
  });
});
