import type { Response } from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Sealer } from '../../../../../../runtime/src/auth/login/seal';
import { PendingLogins } from '../../../../../../runtime/src/auth/login/cookies/pending-logins';
import { manualClock, type ManualClock } from '../../../../../support/clock';

const PREFIX = '__Host-api-login-';
let clock: ManualClock;
let pendingLogins: PendingLogins;
let jar: Map<string, string>;

/** What an answer sends, which the browser takes. */
async function answered(work: (res: Response) => unknown): Promise<readonly string[]> {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  await work(res as unknown as Response);
  res.writeHead(303);
  const lines = [res.getHeader('Set-Cookie') ?? []].flat().map(String);
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (line.includes('Max-Age=0')) jar.delete(name);
    else jar.set(name, value);
  }
  return lines;
}

const start = (state: string, returnTo = `/${state}`): Promise<readonly string[]> =>
  answered((res) =>
    pendingLogins.start(res, jar, { checks: { state, nonce: `nonce of ${state}`, verifier: 'v' }, returnTo }),
  );

beforeEach(() => {
  clock = manualClock();
  jar = new Map();
  pendingLogins = new PendingLogins(PREFIX, new Sealer(['k'.repeat(32)], 'login'), clock);
});

it('several tabs log in at once, each to where it came from', async () => {
  await start('one');
  await start('two');
  await expect(pendingLogins.find(jar, 'one')).resolves.toMatchObject({
    checks: { state: 'one', nonce: 'nonce of one' },
    returnTo: '/one',
  });
  await answered((res) => pendingLogins.finish(res, 'one'));
  await expect(pendingLogins.find(jar, 'one')).resolves.toBeUndefined();
  await expect(pendingLogins.find(jar, 'two')).resolves.toMatchObject({ returnTo: '/two' });
});

it('nothing is found for a state that was not given out here', async () => {
  await start('one');
  await expect(pendingLogins.find(jar, 'two')).resolves.toBeUndefined();
  await expect(pendingLogins.find(new Map(), 'one')).resolves.toBeUndefined();
});

it('the cookie of one login does not stand for another', async () => {
  await start('one');
  await start('two');
  const [one = '', two = ''] = [...jar.keys()];
  jar.set(two, jar.get(one) ?? '');
  await expect(pendingLogins.find(jar, 'two')).resolves.toBeUndefined();
});

it('is waiting for ten minutes, whatever the browser keeps', async () => {
  await start('one');
  clock.freeze(599_999);
  await expect(pendingLogins.find(jar, 'one')).resolves.toBeDefined();
  clock.freeze(1);
  await expect(pendingLogins.find(jar, 'one')).resolves.toBeUndefined();
});

it('never fills up the browser: of many, the three newest stay', async () => {
  jar.set(`${PREFIX}junk`, 'of somebody else');
  for (let count = 1; count <= 12; count += 1) {
    clock.freeze(1);
    await start(`tab ${count}`);
    expect(jar.size).toBeLessThanOrEqual(3);
  }
  for (let count = 10; count <= 12; count += 1)
    await expect(pendingLogins.find(jar, `tab ${count}`)).resolves.toBeDefined();
});

it('five hundred invented cookies cost little: few are opened, few are cleared in one answer', async () => {
  const opened = jest.spyOn(Sealer.prototype, 'open');
  for (let count = 0; count < 500; count += 1) jar.set(`${PREFIX}${count}`, 'invented');
  await start('mine');
  expect(opened.mock.calls.length).toBeLessThanOrEqual(8);
  opened.mockRestore();
  expect((await start('mine too')).join('\r\n').length).toBeLessThan(4_096);
  await expect(pendingLogins.find(jar, 'mine')).resolves.toBeDefined();
  // However many pending logins a browser has, a few requests clear all but the newest.
  for (let count = 0; count < 40; count += 1) await start(`tab ${count}`);
  expect(jar.size).toBeLessThanOrEqual(3);
});

it('leaves room for the session: three pending logins take less than 3 KB', async () => {
  for (const tab of ['a', 'b', 'c']) await start(tab.repeat(43), `/${'p'.repeat(511)}`);
  const brought = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  expect(jar.size).toBe(3);
  expect(brought.length).toBeLessThan(3 * 1_024 + 512);
});
