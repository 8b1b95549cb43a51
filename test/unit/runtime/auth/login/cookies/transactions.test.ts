import type { Response } from 'express';
import { Sealer } from '../../../../../../runtime/src/auth/login/seal';
import { Transactions } from '../../../../../../runtime/src/auth/login/cookies/transactions';
import { manualClock, type ManualClock } from '../../support/clock';

const PREFIX = '__Host-api-login-';
let clock: ManualClock;
let transactions: Transactions;
let jar: Map<string, string>;

/** Takes what is sent, as a browser does. */
const res = {
  append(_name: string, line: string) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (line.includes('Max-Age=0')) jar.delete(name);
    else jar.set(name, value);
  },
} as unknown as Response;

const start = (state: string): Promise<void> =>
  transactions.start(res, jar, {
    checks: { state, nonce: `nonce of ${state}`, verifier: 'v' },
    returnTo: `/${state}`,
  });

beforeEach(() => {
  clock = manualClock();
  jar = new Map();
  transactions = new Transactions(PREFIX, new Sealer(['k'.repeat(32)], 'login'), clock);
});

it('several tabs log in at once, each to where it came from', async () => {
  await start('one');
  await start('two');
  await expect(transactions.find(jar, 'one')).resolves.toMatchObject({
    checks: { state: 'one', nonce: 'nonce of one' },
    returnTo: '/one',
  });
  transactions.finish(res, 'one');
  await expect(transactions.find(jar, 'one')).resolves.toBeUndefined();
  await expect(transactions.find(jar, 'two')).resolves.toMatchObject({ returnTo: '/two' });
});

it('nothing is found for a state that was not given out here', async () => {
  await start('one');
  await expect(transactions.find(jar, 'two')).resolves.toBeUndefined();
  await expect(transactions.find(new Map(), 'one')).resolves.toBeUndefined();
});

it('the cookie of one login does not stand for another', async () => {
  await start('one');
  await start('two');
  const [one = '', two = ''] = [...jar.keys()];
  jar.set(two, jar.get(one) ?? '');
  await expect(transactions.find(jar, 'two')).resolves.toBeUndefined();
});

it('is waiting for ten minutes, whatever the browser keeps', async () => {
  await start('one');
  clock.freeze(599_999);
  await expect(transactions.find(jar, 'one')).resolves.toBeDefined();
  clock.freeze(1);
  await expect(transactions.find(jar, 'one')).resolves.toBeUndefined();
});

it('never fills up the browser: of many, the five newest stay', async () => {
  jar.set(`${PREFIX}junk`, 'of somebody else');
  for (let count = 1; count <= 12; count += 1) {
    clock.freeze(1);
    await start(`tab ${count}`);
    expect(jar.size).toBeLessThanOrEqual(5);
  }
  for (let count = 8; count <= 12; count += 1)
    await expect(transactions.find(jar, `tab ${count}`)).resolves.toBeDefined();
});
