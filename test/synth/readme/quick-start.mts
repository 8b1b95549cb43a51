import { enforce, rateLimit, requireAuth, SecretsManager } from '@portcullis/runtime';
import express from 'express';
import { policy } from './policy.js';

const secrets = await SecretsManager.connect(); // VAULT_ADDR, VAULT_ROLE_ID, VAULT_WRAPPED_SECRET_ID
const pool = secrets.postgresPool('fintech-api-role', { host: 'db.internal', database: 'fintech' });
const redis = secrets.redisClient('redis-role', { host: 'redis.internal' });

const app = express();
const limiter = rateLimit({ policy, redis, trustedProxies: 1 });
app.use(requireAuth({ policy, limiter })); // 401, 503 (RFC 6750, RFC 9068), preflights of browsers
app.use(limiter); // 429, headers on every answer
app.use(enforce(policy)); // 403 by route

app.get('/api/transactions', async ({ auth }, res) => {
  // A pg.Pool that rotates under you.
  const { rows } = await pool.query('select * from transactions where org_id = $1', [auth?.organisation]);
  res.json(rows);
});

app.listen(8080);
