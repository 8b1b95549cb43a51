/** Apps are tested with faked timers (`jest.useFakeTimers()`): a request has to be answered all the same. */
import express from 'express';
import {
  enforce,
  rateLimit,
  requireAuth,
  type AuthMiddleware,
  type RateLimiter,
} from '../../../../runtime/src';
import { policy } from '../../../../policy';
import { RedisBlockStore } from '../../../../runtime/src/rate-limit/reserved/block-store';
import { bearer, serve, type RunningApp } from '../../../support/auth/app';
import { useIssuer } from '../../../support/auth/issuer';
import { downRedis } from '../../../support/down-redis';

const issuer = useIssuer();
let auth: AuthMiddleware;
let limiter: RateLimiter;
let app: RunningApp;

beforeAll(async () => {
  jest.useFakeTimers();
  auth = requireAuth({ policy, issuer: issuer().url });
  limiter = rateLimit({ policy, redis: downRedis });
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
});

it('a request is verified, limited and answered', async () => {
  const { status } = await app.get('/api/transactions', bearer(await issuer().token()));
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
