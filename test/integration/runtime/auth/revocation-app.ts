import {
  definePolicy,
  followRevocations,
  requireAuth,
  type AuthEvent,
  type RevocationList,
} from '@portcullis/runtime';
import express from 'express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from '../rate-limit/redis';

export interface AppSettings {
  /** The policy's: instances of the same name share their revocations. */
  readonly name: string;
  readonly issuer: string;
  readonly audience: string;
  readonly redis: string;
}

export interface RevocationApp {
  readonly url: string;
  readonly revocations: RevocationList;
  stop(): Promise<void>;
}

/** One instance of an API with an ordinary and a sensitive route, and nothing else to it. */
export async function serveApp(
  { name, issuer, audience, redis: address }: AppSettings,
  onEvent: (event: AuthEvent) => void,
): Promise<RevocationApp> {
  const policy = definePolicy({
    name,
    issuer,
    audience,
    tiers: { free: [{ limit: 1, window: '1m' }] },
    defaultTier: 'free',
    routes: [
      { method: 'GET', path: '/ordinary' },
      { method: 'GET', path: '/sensitive', sensitive: true },
    ],
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  });
  const redis = await connect(address);
  const revocations = followRevocations({ policy, redis, onEvent });
  const auth = requireAuth({ policy, revocations, onEvent });
  const server = express()
    .use(auth)
    .use((_req, res) => void res.send())
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    revocations,
    stop: async () => {
      revocations.close();
      auth.close();
      redis.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
