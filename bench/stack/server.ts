/** The benchmarked app with all of it: a verified token, its scope, its limit. */
import { enforce, rateLimit, requireAuth, type ReservedOptions } from '@portcullis/runtime';
import type { RequestHandler } from 'express';
import { auth, requiredScopes, type AuthResult } from 'express-oauth2-jwt-bearer';
import { Redis as IORedis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { AUDIENCE, benchPolicy, LIMIT, WINDOW_SECONDS } from '../lib/policy';
import { nodeRedis } from '../lib/redis';
import { app, serve } from '../lib/serve';
import { settings } from '../lib/settings';
import { flexible } from '../rate-limit/flexible';
import type { StackPeer } from './peers';

const { peer, issuer, redisUrl } = settings() as { peer: StackPeer; issuer: string; redisUrl: string };
const jwksUri = `${issuer}/jwks`;

const PEERS: Record<StackPeer, () => readonly RequestHandler[] | Promise<readonly RequestHandler[]>> = {
  'bare Express': () => [],
  // The floor: what a round trip to Redis costs that nothing is decided by.
  'one pipelined PING': async () => {
    const redis = await nodeRedis(redisUrl);
    return [(_req, _res, next) => void redis.ping().then(() => next(), next)];
  },
  'Portcullis, exact': () => portcullis(),
  'Portcullis, reserved': () => portcullis({ tiers: ['pro'] }),
  'node-oauth2-jwt-bearer + rate-limiter-flexible': () => {
    const storeClient = new IORedis(redisUrl);
    const limiter = new RateLimiterRedis({ storeClient, points: LIMIT, duration: WINDOW_SECONDS });
    return [
      auth({ issuer, jwksUri, audience: AUDIENCE, strict: true }),
      requiredScopes('read:transactions'),
      // Both packages declare `req.auth`, each as its own.
      flexible((req) => ({ limiter, key: (req.auth as unknown as AuthResult).payload.org_id as string })),
    ];
  },
};

async function portcullis(reserved: ReservedOptions = {}): Promise<readonly RequestHandler[]> {
  const policy = benchPolicy(issuer);
  const redis = await nodeRedis(redisUrl);
  return [requireAuth({ policy, jwksUri }), rateLimit({ policy, redis, reserved }), enforce(policy)];
}

async function main(): Promise<void> {
  serve(app(...(await PEERS[peer]())));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
