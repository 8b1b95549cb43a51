import { requireAuth, SecretsManager } from '@portcullis/runtime';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { policy } from '../policy';
import { createApp } from './app';
import { configSchema } from './config';
import { createLogger } from './log';
import { readSettings } from './settings';

/** In-flight requests get this long after SIGTERM. */
const SHUTDOWN_MS = 10_000;

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const logger = createLogger(settings.LOG_LEVEL);

  const secrets = await SecretsManager.connect({
    policy,
    onEvent: (event) => logger.info(event, event.type),
  });
  const config = await secrets.kv('secret/fintech-api/config', configSchema);
  const database = secrets.postgresPool('fintech-api-role', {
    host: config.db_host,
    port: config.db_port,
    database: settings.DATABASE_NAME,
    max: settings.DATABASE_POOL_MAX,
  });
  const redis = secrets.redisClient('redis-role', { host: settings.REDIS_HOST, port: settings.REDIS_PORT });

  const auth = requireAuth({
    policy,
    ...(settings.OIDC_ISSUER_URL && { issuer: settings.OIDC_ISSUER_URL }),
    ...(settings.OAUTH_AUDIENCE && { audience: settings.OAUTH_AUDIENCE }),
    ...(settings.JWKS_URI && { jwksUri: settings.JWKS_URI }),
    onEvent: (event) => logger.info(event, event.type),
  });

  const app = createApp({
    logger,
    database,
    redis,
    signingKey: config.jwt_signing_key,
    auth,
    checks: {
      vault: () => secrets.readiness().ready,
      identity: () => auth.readiness().ready,
      postgres: async () => (await database.query('select 1')).rowCount === 1,
      redis: async () => (await redis.sendCommand(['PING'])) === 'PONG',
    },
  });

  const server = app.listen(settings.PORT, settings.HOST, (error) => {
    if (error) throw error;
    const { address, port } = server.address() as AddressInfo;
    logger.info({ type: 'listening', address, port, policy: policy.name }, 'listening');
  });

  process.on('SIGUSR2', () => {
    secrets.rotate().catch((error: unknown) => logger.error({ err: error }, 'rotation failed'));
  });
  const stop = (signal: string): void => {
    logger.info({ type: 'stopping', signal }, 'stopping');
    void closeServer(server)
      .then(() => secrets.close())
      .then(() => logger.info({ type: 'stopped' }, 'stopped'))
      .finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), SHUTDOWN_MS);
  await closed;
  clearTimeout(force);
}

main().catch((error: unknown) => {
  // Before the logger exists, or because of what it would need: one plain line, and no stack for a wrong setting.
  console.error(error instanceof Error ? `fintech-api: ${error.message}` : 'fintech-api: failed to start');
  process.exit(1);
});
