/** The measured app of `bench:session`: what people who are logged in go through. */
import { login, requireAuth } from '@portcullis/runtime';
import { benchPolicy } from '../lib/policy';
import { nodeRedis } from '../lib/redis';
import { app, serve } from '../lib/serve';
import { settings } from '../lib/settings';

export interface SessionSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly redisUrl: string;
}

async function main(): Promise<void> {
  const { issuer, redisUrl, ...client } = settings() as SessionSettings;
  const bench = benchPolicy(issuer);
  // Its tokens live for half a day, and a session is to outlive them.
  const policy = { ...bench, lifetimes: { ...bench.lifetimes, sessionSeconds: 7 * 86_400 } };
  const people = login({
    ...{ policy, ...client, encryptionKeys: ['k'.repeat(32)] },
    idle: '1d',
    redis: await nodeRedis(redisUrl),
  });
  serve(app(people, requireAuth({ policy })));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
