/** An API may be anything: it gets no more time, memory and tokens than it should. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { settingsOf } from '../../../../cli/src/verify/settings';
import { originOf } from '../../../../cli/src/verify/target/origin';
import { senderTo } from '../../../../cli/src/verify/target/sender';
import { verify } from '../../../../cli/src/verify/verify';
import { policy } from '../../../support/verify/api';
import { SECRET, startTokenIssuer, type TokenIssuer } from '../../../support/verify/issuer';

const servers: Server[] = [];

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const get = (url: string, options = {}) => {
  const sender = senderTo(new URL(url), { timeoutMs: 120_000, ...options });
  return sender.send({ method: 'GET', target: '/', headers: {} }).finally(() => sender.close());
};

it('reads the beginning of an endless answer', async () => {
  const url = await listen((_req, res) => {
    const more = (): void => {
      while (!res.destroyed && res.write('x'.repeat(10_000)));
      res.once('drain', more);
    };
    more();
  });
  const { status, body } = await get(url, { longestBody: 50_000 });
  expect({ status, length: body.length }).toEqual({ status: 200, length: 50_000 });
});

it.each([
  ['says nothing', () => undefined],
  [
    'never ends its answer',
    (_req: unknown, res: { write: (text: string) => unknown }) => void res.write('x'),
  ],
])('gives up on an API that %s', async (_, listener) => {
  const url = await listen(listener);
  await expect(get(url, { timeoutMs: 100 })).rejects.toThrow('it did not answer in time');
});

it('sends a path as it is, dot segments and all', async () => {
  const targets: (string | undefined)[] = [];
  const url = await listen((req, res) => {
    targets.push(req.url);
    res.end();
  });
  const sender = senderTo(new URL(url));
  await sender.send({ method: 'GET', target: '/a/../b/%2e%2e/c', headers: {} });
  sender.close();
  expect(targets).toEqual(['/a/../b/%2e%2e/c']);
});

describe('tokens', () => {
  let issuer: TokenIssuer;
  beforeAll(async () => {
    issuer = await startTokenIssuer(['read:orders', 'write:orders', 'read:reports']);
  });
  afterAll(() => issuer.stop());

  const look = (url: string) => {
    const clients = { pro: { clientId: 'verify-pro', secretVariable: 'CLIENT_SECRET' } };
    const environments = { staging: { issuer: issuer.url, verify: { clients } } };
    const settings = settingsOf(
      { policy, environments },
      { environment: 'staging' },
      { CLIENT_SECRET: SECRET },
    );
    return verify(policy, new URL(url), settings, undefined, 120_000);
  };

  it('go nowhere else, wherever an answer sends', async () => {
    let elsewhere = 0;
    const other = await listen((_req, res) => {
      elsewhere += 1;
      res.end();
    });
    const url = await listen((req, res) => {
      res.writeHead(307, { location: `${other}${req.url ?? ''}`, refresh: `0; url=${other}` });
      res.end();
    });
    const results = await look(url);
    expect(elsewhere).toBe(0);
    expect(results.some(({ check, outcome }) => check === 'no-token' && outcome === 'verified')).toBe(false);
  });

  it('that have a scope all the same leave open whether it is asked for', async () => {
    const url = await listen((_req, res) => {
      res.writeHead(403);
      res.end();
    });
    const scopes = (await look(url)).filter(({ check }) => check === 'missing-scope');
    expect(scopes.map(({ outcome }) => outcome)).toEqual(scopes.map(() => 'unverified'));
    expect(scopes.length).toBeGreaterThan(0);
  });

  it('leave everything open where the API only fails', async () => {
    const url = await listen((_req, res) => {
      res.writeHead(500);
      res.end();
    });
    const verified = (await look(url)).filter(({ outcome }) => outcome === 'verified');
    expect(
      verified.map(({ check }) => check).filter((check) => !['echo', 'headers'].includes(check)),
    ).toEqual([]);
  });
});

it.each([
  'http://api.example.com',
  'https://user:password@api.example.com',
  'https://api.example.com/v1',
  'https://api.example.com/?a=b',
  'ftp://api.example.com',
  'api.example.com',
])('refuses %s for an origin, and repeats none of it', (text) => {
  expect(() => originOf(text)).toThrow(/is not the origin of an API/);
  expect(() => originOf(text)).not.toThrow(/password/);
});

it('takes https anywhere, and plain http on this machine', () => {
  expect(originOf('https://api.example.com').origin).toBe('https://api.example.com');
  expect(originOf('http://127.0.0.1:8080/').origin).toBe('http://127.0.0.1:8080');
});

describe('settings', () => {
  const environments = {
    staging: { verify: { clients: { pro: { clientId: 'verify-pro', secretVariable: 'CLIENT_SECRET' } } } },
    production: { protected: true },
  };
  it.each([
    [{ environment: 'production', unsafe: true }, 'production is protected'],
    [{ environment: 'staging', unsafe: true, readOnly: true }, '--unsafe and --read-only'],
    [{ environment: 'stagging' }, 'there is no environment "stagging"'],
    [{ environment: 'staging' }, 'CLIENT_SECRET is not set'],
  ])('%j: %s', (wanted, problem) => {
    expect(() => settingsOf({ policy, environments }, wanted, {})).toThrow(problem);
  });
});
