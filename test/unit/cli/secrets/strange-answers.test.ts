/** What answers 200 and is no Vault, as a proxy's page: nothing may follow from what it does not say. */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { endLeases } from '../../../../cli/src/secrets/end-leases';
import { livingLeases } from '../../../../cli/src/secrets/sweep/living-leases';
import { resolve } from '../../../../cli/src/whois/command';
import config from '../../../../portcullis.config';

let server: Server;
let vault: VaultClient;
/** Answers by the end of their path. */
let answers: Readonly<Record<string, object | string>>;

beforeAll(async () => {
  // By hand: a server of Node's refuses the method LIST.
  server = createServer((socket) => {
    let asked = '';
    socket.on('data', (bytes) => {
      asked += bytes.toString();
      const [, path = '', head = ''] = /^\S+ (\S+) HTTP\/1.1\r\n(.*?\r\n)\r\n/s.exec(asked) ?? [];
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      if (path === '' || asked.length < asked.indexOf('\r\n\r\n') + 4 + length) return;
      const [, answer] = Object.entries(answers).find(([end]) => path.endsWith(end)) ?? [];
      const body = typeof answer === 'string' ? answer : JSON.stringify({ data: answer });
      const status = answer === undefined ? '404 Not Found' : '200 OK';
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  vault = new VaultClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token');
});
afterAll(() => server.close());

const MOUNT = { 'ui/mounts/database': { type: 'database', path: 'database/' } };
const A_LEASE = { 'creds/': { keys: ['redis/'] }, 'creds/redis/': { keys: ['one'] } };

describe('the sweep of Redis', () => {
  it('knows the leases of a mount', async () => {
    answers = { ...MOUNT, ...A_LEASE, 'leases/lookup': { issue_time: '2026-11-29T02:00:00Z' } };
    expect(await livingLeases(vault, 'database')).toEqual([{ role: 'redis', issuedAt: 1_795_917_600 }]);
  });

  it('knows that there is none', async () => {
    answers = MOUNT;
    expect(await livingLeases(vault, 'database')).toEqual([]);
  });

  it.each<[string, typeof answers, string]>([
    ['a page instead of roles', { 'creds/': '<html>' }, 'answers without any'],
    ['no list of roles', { 'creds/': {} }, 'answers without any'],
    ['roles that are no names', { 'creds/': { keys: [{ name: 'redis' }] } }, 'answers without any'],
    ['no list of leases', { ...A_LEASE, 'creds/redis/': {} }, 'answers without any'],
    ['a lease of no time', { ...A_LEASE, 'leases/lookup': { ttl: 3_600 } }, 'does not say when'],
    ['a time that is none', { ...A_LEASE, 'leases/lookup': { issue_time: 'now' } }, 'does not say when'],
  ])('takes nobody for somebody without a lease by %s', async (_, strange, words) => {
    answers = { ...MOUNT, ...strange };
    await expect(livingLeases(vault, 'database')).rejects.toThrow(words);
  });
});

it.each([['<html>'], [{}]])('no lease is called ended by %j', async (strange) => {
  answers = { 'database/roles': strange };
  await expect(endLeases(vault, { mount: 'database' })).rejects.toThrow('answers without any');
});

describe('whois', () => {
  const ask = () => resolve(vault, 'vault:v1:AAAA', 'ticket 4711', config.vault);
  const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
  const path = `decrypt/${config.vault.pseudonymKey}`;

  it('names whom Vault names', async () => {
    answers = { [path]: { plaintext: base64('https://auth.example.com user 4711') } };
    expect(await ask()).toEqual({ issuer: 'https://auth.example.com', subject: 'user 4711' });
  });

  it.each<[string, object | string]>([
    ['a page', '<html>'],
    ['no text', {}],
    ['a text that is none', { plaintext: 42 }],
    ['an empty text', { plaintext: '' }],
    ['what is no UTF-8', { plaintext: base64(Buffer.from([0x68, 0xff, 0x20, 0xfe])) }],
    ['an issuer alone', { plaintext: base64('https://auth.example.com') }],
    ['an issuer that is none', { plaintext: base64('of somebody else') }],
  ])('names nobody by %s', async (_, strange) => {
    answers = { [path]: strange };
    await expect(ask()).rejects.toThrow('what Vault decrypted names nobody');
  });
});
