/** Requests that somebody answers (a time-out of the app's, say) while a middleware waits for keys or for Redis. */
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { loginLimit, optionalAuth, rateLimit, requireAuth, type RedisClient } from '../../../../runtime/src';
import { policy } from '../../../../policy';
import { bearer, serve } from '../../../support/auth/app';
import { makeKey, startIssuer, type TestIssuer, type TestKey } from '../../../support/auth/issuer';

let issuer: TestIssuer;
let key: TestKey;
beforeAll(async () => {
  issuer = await startIssuer();
  key = await makeKey('key-1');
  issuer.publish(key);
});
afterAll(() => issuer.stop());

/** A Redis that decides like this, a turn of the event loop later. */
const deciding = (waitMs: number): RedisClient => ({
  isReady: true,
  sendCommand: () =>
    new Promise((resolve) => setImmediate(() => resolve([1_800_000_000_000, waitMs, 1, 7, 7]))),
});

/** Answers as soon as the next middleware waits. */
const impatient: RequestHandler = (_req, res, next) => {
  next();
  if (!res.headersSent) res.status(503).json({ error: 'took too long' });
};

const answers: [string, () => RequestHandler][] = [
  ['rateLimit() that admits', () => rateLimit({ policy, redis: deciding(0) })],
  ['rateLimit() that refuses', () => rateLimit({ policy, redis: deciding(5_000) })],
  ['loginLimit() that admits', () => loginLimit({ name: 'one', redis: deciding(0) })],
  ['loginLimit() that refuses', () => loginLimit({ name: 'one', redis: deciding(5_000) })],
  ['requireAuth() that admits', () => requireAuth({ policy, issuer: issuer.url })],
  ['optionalAuth() that refuses', () => optionalAuth({ policy, issuer: issuer.url, audience: 'another' })],
];

it.each(answers)('keep that answer, and reach no handler: %s', async (_name, make) => {
  const middleware = make();
  const reached = jest.fn();
  const failed: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
    reached(error);
    next(error);
  };
  const settled = jest.fn();
  const api = express();
  api.use(impatient, (req, res, next) => {
    const told: typeof next = (...args) => {
      settled();
      next(...args);
    };
    middleware(req, res, told);
  });
  api.use(() => reached('a handler'), failed);
  const app = await serve(api);
  const token = await issuer.sign(issuer.claims(), key);
  const answer = await app.get('/api/transactions', bearer(token));
  expect(answer).toMatchObject({ status: 503, body: { error: 'took too long' } });
  // The same middleware decides a second request after the first.
  await app.get('/api/transactions', bearer(token));
  expect(reached).not.toHaveBeenCalled();
  expect(settled).not.toHaveBeenCalled();
  if ('close' in middleware) await (middleware as { close(): unknown }).close();
  await app.stop();
});
