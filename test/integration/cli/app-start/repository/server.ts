import { enforce, rateLimit, requireAuth, SecretsManager } from '@portcullis/runtime';
import express from 'express';
import { policy } from './policy';

async function main(): Promise<void> {
  const {
    PGHOST = '',
    PGPORT,
    PGDATABASE = '',
    REDIS_HOST = '',
    REDIS_PORT,
    OIDC_ISSUER_URL = '',
    PORT,
  } = process.env;
  const secrets = await SecretsManager.connect({ policy });
  const pool = secrets.postgresPool('orders-role', {
    host: PGHOST,
    port: Number(PGPORT),
    database: PGDATABASE,
  });
  const redis = secrets.redisClient('redis-role', { host: REDIS_HOST, port: Number(REDIS_PORT) });

  const limiter = rateLimit({ policy, redis, trustedProxies: 0 });
  const app = express();
  app.use(requireAuth({ policy, issuer: OIDC_ISSUER_URL, limiter }), limiter, enforce(policy));
  app.get('/orders', async ({ auth }, res) => {
    const { rows } = await pool.query<{ id: number }>('select id from orders order by id');
    res.json({ organisation: auth?.organisation, orders: rows.map(({ id }) => id) });
  });
  const server = app.listen(Number(PORT), '127.0.0.1');
  // An exit code that nothing else has.
  process.once('SIGTERM', () => server.close(() => void secrets.close().then(() => process.exit(7))));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
