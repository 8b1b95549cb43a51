import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchJson } from '../../../../../runtime/src/auth/keys/fetch-json';
import { discoverJwksUri } from '../../../../../runtime/src/auth/keys/jwks-uri';

let server: Server;
let url: string;
let answer: RequestListener;

beforeAll(async () => {
  server = createServer((req, res) => answer(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

afterEach(() => jest.restoreAllMocks());

const answerWith = (document: unknown): void => {
  answer = (_req, res) => res.end(JSON.stringify(document));
};

describe('a document of an issuer', () => {
  it('is read', async () => {
    answerWith({ keys: [] });
    await expect(fetchJson(url)).resolves.toEqual({ keys: [] });
  });

  it('is read behind a byte order mark (RFC 8259 §8.1)', async () => {
    answer = (_req, res) => res.end('\ufeff{"keys":[]}');
    await expect(fetchJson(url)).resolves.toEqual({ keys: [] });
  });

  it('is not fetched from where a redirect points to', async () => {
    const asked: (string | undefined)[] = [];
    answer = (req, res) => {
      asked.push(req.url);
      res.writeHead(302, { location: `${url}/elsewhere` }).end();
    };
    await expect(fetchJson(`${url}/jwks`)).rejects.toThrow();
    expect(asked).toEqual(['/jwks']);
  });

  it.each([204, 304, 400, 404, 429, 500, 503])('is not what comes with status %d', async (status) => {
    answer = (_req, res) => res.writeHead(status).end(status === 204 || status === 304 ? '' : '{"keys":[]}');
    await expect(fetchJson(url)).rejects.toThrow(`answered ${status}, expected 200`);
  });

  it.each([
    ['no JSON', '<html>'],
    ['nothing', ''],
    ['JSON cut short', '{"keys":['],
  ])('is not %s', async (_name, body) => {
    answer = (_req, res) => res.end(body);
    await expect(fetchJson(url)).rejects.toThrow(SyntaxError);
  });

  it('is not read beyond 256 KB, however slowly it comes, and its connection is given up', async () => {
    const gone = new Promise<void>((resolve) => {
      answer = (_req, res) => {
        res.once('close', resolve);
        const chunk = `"${'x'.repeat(64 * 1_024)}"`;
        // When the client is gone, the write fails first: `close` has to wait until nothing more is written.
        const more = (error?: Error | null): void => {
          if (!error) res.write(chunk, more);
        };
        more();
      };
    });
    await expect(fetchJson(url)).rejects.toThrow('more than 262144 bytes');
    await gone;
  });

  it('is not waited for where the status is another: its connection is given up', async () => {
    const gone = new Promise<void>((resolve) => {
      answer = (_req, res) => {
        res.once('close', resolve);
        res.writeHead(503).write('never ends');
      };
    });
    await expect(fetchJson(url)).rejects.toThrow('answered 503');
    await gone;
  });

  it('is waited for no longer than 5 s, its body included', async () => {
    const late = new AbortController();
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
    const gone = new Promise<void>((resolve) => {
      answer = (_req, res) => {
        res.once('close', resolve);
        res.write('{');
        setImmediate(() => late.abort());
      };
    });
    await expect(fetchJson(url)).rejects.toThrow(`${url} took longer than 5000 ms`);
    expect(timeout).toHaveBeenCalledWith(5_000);
    await gone;
  });
});

describe('discovery', () => {
  it('asks below the issuer’s path, whether or not it ends in a slash', async () => {
    const asked: (string | undefined)[] = [];
    for (const issuer of [`${url}/tenant`, `${url}/tenant/`]) {
      answer = (req, res) => {
        asked.push(req.url);
        res.end(JSON.stringify({ issuer, jwks_uri: 'https://keys.example.com/jwks' }));
      };
      await expect(discoverJwksUri(issuer, fetchJson)).resolves.toBe('https://keys.example.com/jwks');
    }
    expect(new Set(asked)).toEqual(new Set(['/tenant/.well-known/openid-configuration']));
  });

  it.each<[string, (issuer: string) => unknown]>([
    [
      'is of another issuer',
      () => ({ issuer: 'https://attacker.example.com', jwks_uri: 'https://a.example.com' }),
    ],
    [
      'has another slash at the end',
      (issuer) => ({ issuer: `${issuer}/`, jwks_uri: 'https://a.example.com' }),
    ],
    ['names no issuer', () => ({ jwks_uri: 'https://a.example.com' })],
    ['is null', () => null],
    ['is a list', (issuer) => [{ issuer }]],
  ])('refuses metadata that %s', async (_name, metadata) => {
    answerWith(metadata(url));
    await expect(discoverJwksUri(url, fetchJson)).rejects.toThrow('does not describe the issuer');
  });

  it.each([
    undefined,
    null,
    1,
    '',
    '/jwks',
    'http://keys.example.com/jwks',
    'file:///etc/passwd',
    'data:,{}',
  ])('refuses jwks_uri %p', async (jwksUri) => {
    answerWith({ issuer: url, jwks_uri: jwksUri });
    await expect(discoverJwksUri(url, fetchJson)).rejects.toThrow('names no https jwks_uri');
  });
});
