/** Apps are tested with faked timers (`jest.useFakeTimers()`): a request has to be answered all the same. */
import express from 'express';
import {
  enforce,
  rateLimit,
  requireAuth,
  type AuthMiddleware,
  type RateLimiter,
  type RedisClient,
} from '../../../../runtime/src';
import { policy } from '../../../../policy';
import { RedisBlockStore } from '../../../../runtime/src/rate-limit/reserved/block-store';
import { bearer, serve, type RunningApp } from '../../../support/auth/app';
import { makeKey, startIssuer, type TestIssuer, type TestKey } from '../../../support/auth/issuer';

const redis = {
  sendCommand: () => Promise.reject(new Error('down')),
  isReady: true,
} as unknown as RedisClient;

let issuer: TestIssuer;
let key: TestKey;
let auth: AuthMiddleware;
let limiter: RateLimiter;
let app: RunningApp;

beforeAll(async () => {
  issuer = await startIssuer();
  key = await makeKey('key-1');
  issuer.publish(key);
  jest.useFakeTimers();
  auth = requireAuth({ policy, issuer: issuer.url });
  limiter = rateLimit({ policy, redis });
  app = await serve(
    express()
      .use(auth, limiter, enforce(policy))
      .get('/api/transactions', (_req, res) => void res.json({})),
  );
});

afterAll(async () => {
  auth.close();
  await limiter.close();
  jest.useRealTimers();
  await app.stop();
  await issuer.stop();
});

it('a request is verified, limited and answered', async () => {
  const { status } = await app.get('/api/transactions', bearer(await issuer.sign(issuer.claims(), key)));
  expect(status).toBe(200);
});

it('a block of a limit is asked for', async () => {
  const asked: string[] = [];
  const store = new RedisBlockStore(
    {
      clustered: false,
      run: (_script, keys) => {
        asked.push(...keys);
        return Promise.reject(new Error('down'));
      },
    },
    [60_000],
  );
  await expect(store.reserve('client', 'block', 10, [100])).rejects.toThrow('down');
  expect(asked).not.toEqual([]);
});
