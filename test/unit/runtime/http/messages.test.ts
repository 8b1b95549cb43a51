import express, { Router, type Express, type Request } from 'express';
import { createServer, IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { messagesOf } from '../../../../runtime/src/http/messages';

/** Answers of the app, one request at a time, on a server whose requests `seen` is shown first. */
async function answers(
  app: Express,
  paths: readonly string[],
  seen: RequestListener = () => undefined,
): Promise<unknown[]> {
  const server = createServer(messagesOf(app), (req, res) => {
    seen(req, res);
    app(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const bodies: unknown[] = [];
    for (const path of paths)
      bodies.push(await fetch(`http://127.0.0.1:${port}${path}`).then((response) => response.json()));
    return bodies;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('requests and answers that are the app’s from their birth', () => {
  it('have the app’s prototypes before Express sees them, and are Node’s all the same', async () => {
    const app = express().get('/', (_req, res) => void res.json('done'));
    const found: unknown[] = [];
    await answers(app, ['/'], (req, res) => {
      found.push(Object.getPrototypeOf(req) === app.request, Object.getPrototypeOf(res) === app.response);
      found.push(req instanceof IncomingMessage, res instanceof ServerResponse);
    });
    expect(found).toEqual([true, true, true, true]);
  });

  it('share one shape after Express has worked on them', async () => {
    setFlagsFromString('--allow-natives-syntax');
    const haveSameShape = runInThisContext('(a, b) => %HaveSameMap(a, b)') as (
      a: object,
      b: object,
    ) => boolean;
    const requests: Request[] = [];
    const app = express().get('/', (req, res) => {
      requests.push(Object.assign(req, { added: true }));
      res.json('done');
    });
    await answers(
      app,
      Array.from({ length: 20 }, () => '/'),
    );
    const [before, last] = requests.slice(-2) as [Request, Request];
    expect(haveSameShape(before, last)).toBe(true);
  });

  it('change nothing of what Express gives: queries, routers, mounted apps and what was added to a prototype', async () => {
    const app = express();
    Object.defineProperty(app.request, 'greeting', { value: 'hello' });
    const mounted = express().get(
      '/inside',
      (req, res) =>
        void res.json([req.app === mounted, Object.getPrototypeOf(req) === mounted.request, req.baseUrl]),
    );
    const router = Router().get(
      '/q',
      (req, res) => void res.json([req.query, req.get('host') !== undefined]),
    );
    app.use('/mounted', mounted).use('/router', router);
    app.get('/own', (req, res) => void res.json([req.app === app, (req as { greeting?: string }).greeting]));
    expect(await answers(app, ['/mounted/inside', '/router/q?a=1', '/own'])).toEqual([
      [true, true, '/mounted'],
      [{ a: '1' }, true],
      [true, 'hello'],
    ]);
  });
});

it.each<[string, unknown]>([
  ['a router', Router()],
  ['a function', () => undefined],
  ['nothing', undefined],
  ['an object', {}],
])('what is no app is refused when the server is made: %s', (_name, app) => {
  expect(() => messagesOf(app as Express)).toThrow(
    new TypeError(
      'messagesOf() expected the app that express() returns; give it the app that the router is mounted in',
    ),
  );
});
