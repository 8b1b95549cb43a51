/** The runtime alone, at a Vault that others run: their mounts, their names, and a policy of ten lines (policy.hcl). */
import {
  appRole,
  enforce,
  MemoryStore,
  rateLimit,
  requireAuth,
  secret,
  SecretsManager,
  watchOverrides,
} from '@portcullis/runtime';
import express from 'express';
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { policy, port } from '../api.js';

const { VAULT_ROLE_ID: roleId = '', VAULT_WRAPPED_SECRET_ID: wrappedSecretId = '' } = process.env;
const secrets = await SecretsManager.connect({
  policy,
  login: appRole({ mount: 'machines', roleId, wrappedSecretId }),
  databaseMount: 'teams/db',
});
const config = await secrets.watchKv('teams/kv/orders/config', z.object({ webhook_key: secret() }));
const overrides = await watchOverrides(secrets, policy, { path: 'teams/kv/orders/limits' });
const { PGHOST: host, PGPORT: pgPort, PGDATABASE: database } = process.env;
const orders = secrets.postgresPool('orders', { host, port: Number(pgPort), database });

const app = express();
const store = new MemoryStore({ singleInstance: true }); // in production: redis
const limiter = rateLimit({ policy, store, overrides, trustedProxies: 0 });
app.use(requireAuth({ policy, limiter }), limiter, enforce(policy));
app.get('/status', (_req, res) => {
  const { ready, problems } = secrets.readiness();
  res.status(ready ? 200 : 503).json({ ready, problems });
});
app.get('/orders', async ({ auth }, res) => {
  const { rows } = await orders.query('select id from orders where org_id = $1', [auth?.organisation]);
  const body = JSON.stringify({ orders: rows });
  const key = config.current.webhook_key.reveal(); // the newest version, without a restart
  res.set('X-Signature', createHmac('sha256', key).update(body).digest('hex')).type('json').send(body);
});
const server = app.listen(port, '127.0.0.1');

process.once('SIGTERM', () => server.close(() => void secrets.close()));
