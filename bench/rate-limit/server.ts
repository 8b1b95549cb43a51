/** The benchmarked app behind one of the peers. Who calls is said by a header, so that only limiting is measured. */
import { rateLimit, type AuthContext } from '@portcullis/runtime';
import { Ratelimit } from '@upstash/ratelimit';
import { Redis as Upstash } from '@upstash/redis';
import type { RequestHandler } from 'express';
import { rateLimit as expressRateLimit } from 'express-rate-limit';
import { Redis as IORedis } from 'ioredis';
import { RateLimiterRedis, type IRateLimiterRedisOptions } from 'rate-limiter-flexible';
import { RedisStore } from 'rate-limit-redis';
import { benchPolicy, DENIED_LIMIT, LIMIT, nestedPolicy, shadowPolicy, WINDOW_SECONDS } from '../lib/policy';
import { nodeRedis } from '../lib/redis';
import { app, serve } from '../lib/serve';
import { settings } from '../lib/settings';
import { CLIENTS } from './clients';
import { flexible } from './flexible';
import type { LimitPeer, LimitSettings } from './peers';

const { peer, redisUrl, rest } = settings() as LimitSettings;

const ISSUER = 'https://auth.fintech.example.com';
const policy = benchPolicy(ISSUER);

const PEERS: Record<LimitPeer, () => RequestHandler | Promise<RequestHandler>> = {
  'bare Express': () => (_req, _res, next) => next(),
  'one Redis PING': async () => {
    const redis = await nodeRedis(redisUrl);
    return (_req, _res, next) => void redis.ping().then(() => next(), next);
  },
  'Portcullis, exact': async () => rateLimit({ policy, redis: await nodeRedis(redisUrl) }),
  'Portcullis, two nested keys': async () =>
    rateLimit({ policy: nestedPolicy(ISSUER), redis: await nodeRedis(redisUrl) }),
  'Portcullis, in shadow': async () =>
    rateLimit({ policy: shadowPolicy(ISSUER), redis: await nodeRedis(redisUrl) }),
  'Portcullis, reserved': async () =>
    rateLimit({ policy, redis: await nodeRedis(redisUrl), reserved: { tiers: Object.keys(policy.tiers) } }),
  'rate-limiter-flexible': () => flexibleOn({}),
  'rate-limiter-flexible, auto-pipelined': () => flexibleOn({ enableAutoPipelining: true }),
  'rate-limiter-flexible, memory block': () =>
    flexibleOn({}, { inMemoryBlockOnConsumed: DENIED_LIMIT + 1, inMemoryBlockDuration: 1 }),
  '@upstash/ratelimit': () => upstash(),
  'express-rate-limit + rate-limit-redis': async () => {
    const redis = await nodeRedis(redisUrl);
    return expressRateLimit({
      windowMs: WINDOW_SECONDS * 1_000,
      limit: (req) => (isDenied(req.auth) ? DENIED_LIMIT : LIMIT),
      keyGenerator: (req) => req.auth?.organisation ?? '',
      standardHeaders: 'draft-8',
      store: new RedisStore({ sendCommand: (...args: string[]) => redis.sendCommand(args) }),
    });
  },
};

/** One frozen identity a client, as `requireAuth()` gives for a token that returns. */
const callers: readonly AuthContext[] = Array.from({ length: CLIENTS + 1 }, (_, index) =>
  Object.freeze({
    issuer: policy.issuer,
    subject: `user-${index}`,
    organisation: `org-${index}`,
    // The last one is the client that is always denied.
    tier: index === CLIENTS ? 'free' : 'pro',
    scopes: [],
    expiresAt: Infinity,
    claims: Object.freeze({}),
  }),
);

const identify: RequestHandler = (req, _res, next) => {
  const caller = callers[Number(req.headers['x-client'])];
  if (caller) req.auth = caller;
  next();
};

async function main(): Promise<void> {
  serve(app(identify, await PEERS[peer]()));
}

function flexibleOn(
  connection: { enableAutoPipelining?: boolean },
  blocking: Pick<IRateLimiterRedisOptions, 'inMemoryBlockOnConsumed' | 'inMemoryBlockDuration'> = {},
): RequestHandler {
  const storeClient = new IORedis(redisUrl, connection);
  const limiter = (points: number, keyPrefix: string, more = {}): RateLimiterRedis =>
    new RateLimiterRedis({ storeClient, keyPrefix, points, duration: WINDOW_SECONDS, ...more });
  const denied = limiter(DENIED_LIMIT, 'denied', blocking);
  const admitted = limiter(LIMIT, 'admitted');
  return flexible(({ auth }) => ({
    limiter: isDenied(auth) ? denied : admitted,
    key: auth?.organisation ?? '',
  }));
}

/** A library, not a middleware: this is the least one, with the same headers as the others. */
function upstash(): RequestHandler {
  const redis = new Upstash(rest);
  const limiter = (limit: number, prefix: string): Ratelimit =>
    new Ratelimit({ redis, prefix, limiter: Ratelimit.slidingWindow(limit, `${WINDOW_SECONDS} s`) });
  const denied = limiter(DENIED_LIMIT, 'denied');
  const admitted = limiter(LIMIT, 'admitted');
  return (req, res, next) => {
    const decide = (isDenied(req.auth) ? denied : admitted).limit(req.auth?.organisation ?? '');
    decide.then(({ success, limit, remaining, reset }) => {
      res.setHeader('X-RateLimit-Limit', limit);
      res.setHeader('X-RateLimit-Remaining', remaining);
      res.setHeader('X-RateLimit-Reset', Math.ceil(reset / 1_000));
      if (success) next();
      else res.status(429).json({ error: 'rate_limit_exceeded' });
    }, next);
  };
}

function isDenied(auth: AuthContext | undefined): boolean {
  return auth?.tier === 'free';
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
