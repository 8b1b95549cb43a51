/** What schemas make of secrets works as it would elsewhere, and is not printed. */
import { createSecretKey } from 'node:crypto';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { hideWhenPrinted, Secret } from '../../../../runtime/src/secrets/secret';

class Account {
  readonly #password = 'canary';
  readonly user = 'canary';
  password(): string {
    return this.#password;
  }
}

const made = () => ({
  until: new Date(0),
  users: new Map([['a', 'canary']]),
  names: new Set(['canary']),
  server: new URL('https://user:canary@host/'),
  bytes: Buffer.from('canary'),
  key: createSecretKey(Buffer.from('canary')),
  account: new Account(),
  list: [{ password: 'canary' }],
});

test('dates, maps, buffers, keys and instances of classes work', () => {
  const hidden = hideWhenPrinted(made());
  expect(hidden.until.getTime()).toBe(0);
  expect(hidden.users.get('a')).toBe('canary');
  expect(hidden.names.has('canary')).toBe(true);
  expect(hidden.server.password).toBe('canary');
  expect(hidden.bytes.toString()).toBe('canary');
  expect(hidden.key.export().toString()).toBe('canary');
  expect(hidden.account.password()).toBe('canary');
  expect(hidden.account.user).toBe('canary');
  expect(hidden.list.map(({ password }) => password)).toEqual(['canary']);
});

test.each(Object.keys(made()))('%s prints as [secret], within the entry and by itself', (name) => {
  const hidden = hideWhenPrinted(made()) as Record<string, unknown>;
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  for (const value of [hidden, hidden[name]]) {
    expect(inspect(value)).toMatch(name === 'key' && value !== hidden ? /KeyObject|secret/ : /\[secret\]/);
    expect(JSON.stringify({ value })).not.toMatch(/canary|99,97/);
    log.info({ value });
  }
  log.info(hidden.account);
  expect(lines.join()).not.toMatch(/canary|99,97/);
});

test('lists and entries print as [secret] in a text as well', () => {
  const { list } = hideWhenPrinted({ list: ['canary', 'canary'] });
  const entry: unknown = hideWhenPrinted({ password: 'canary' });
  expect([list, entry, [entry]].map(String)).toEqual(['[secret]', '[secret]', '[secret]']);
  expect(list.join()).toBe('canary,canary');
});

test('what was hidden before, and what cannot be changed, is given back as it works', () => {
  const hidden = hideWhenPrinted({ password: 'canary' });
  expect(hideWhenPrinted(hidden).password).toBe('canary');
  expect(hideWhenPrinted(Object.freeze(new Account())).password()).toBe('canary');
  expect(hideWhenPrinted({ password: new Secret('canary') }).password.reveal()).toBe('canary');
});
