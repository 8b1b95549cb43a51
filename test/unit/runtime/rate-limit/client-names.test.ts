import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ClientNames } from '../../../../runtime/src/rate-limit/client/client-names';

const MIB = 2 ** 20;

test('names are of one length, and no two identities share one, whatever they hold', () => {
  const names = new ClientNames('api');
  const caller = (issuer: string, subject: string, organisation?: string) => ({
    ...{ issuer, subject, tier: 'free', scopes: [], expiresAt: 0, claims: {} },
    ...(organisation !== undefined && { organisation }),
  });
  const all = [
    names.ofCaller(caller('a', 'b')),
    names.ofCaller(caller('a', 'x', 'b')),
    names.ofCaller(caller('a","b', '')),
    names.ofCaller(caller('a', 'b","c')),
    names.ofCaller(caller('a","b', 'c')),
    names.ofCaller(caller('b', 'a')),
    names.ofCaller(caller('a', '{b}')),
    names.ofCaller(caller('a', 'b\0')),
    names.ofCaller(caller('a', '\ud800')),
    names.ofCaller(caller('a', '\\ud800')),
    names.ofCaller(caller('a', '\ufffd')),
    names.ofCaller(caller('a', 'b'.repeat(100_000))),
    names.of('organisation', 'b'),
    names.of('subject', 'a b'),
    names.of('network', 'b'),
    new ClientNames('other').ofCaller(caller('a', 'b')),
  ];
  expect(new Set(all).size).toBe(all.length);
  for (const name of all) expect(name).toMatch(/^[\w-]{22}$/);
});

test('identities that clients make as long as they like leave nothing behind', () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const names = new ClientNames('api');
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 1_000; n += 1) names.of('login-account', `${n}${'x'.repeat(100_000)}`);
  gc();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * MIB);
  expect(names.of('login-account', 'x')).toMatch(/^[\w-]{22}$/);
});
