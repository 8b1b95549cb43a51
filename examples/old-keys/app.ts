/** An API whose clients have tokens already, or still the key of last year. */
import { metrics } from '@opentelemetry/api';
import { enforce, requireAuth } from '@portcullis/runtime';
import express from 'express';
import { createHash } from 'node:crypto';
import { limiter, policy, port } from '../api';
import { oldKeys, type OldClient } from './old-keys';

/** By the SHA-256 of a key: in an app, the table that it has today. */
const clients = new Map<string, OldClient>([
  [
    'ba0b62417994e874be23e6d580ff08b07e27507c3d3e3f3ef80fdcfd32e4d609',
    { name: 'acme-reports', organisation: 'acme', tier: 'free', scopes: ['read:orders'] },
  ],
]);
const uses = metrics.getMeter('orders').createCounter('orders.old_keys.uses');

const app = express();
app.use(
  oldKeys({
    check: async (sent) =>
      'key' in sent ? clients.get(createHash('sha256').update(sent.key).digest('hex')) : undefined,
    issuer: policy.issuer,
    deprecated: new Date('2026-11-01T00:00:00Z'),
    sunset: new Date(process.env.SUNSET ?? '2027-03-31T22:00:00Z'),
    guide: 'https://developers.example.com/tokens',
    onUse: (client = 'nobody: they have ended') => uses.add(1, { client }),
  }),
);
const tokens = requireAuth({ policy, limiter });
app.use((req, res, next) => (req.auth === undefined ? tokens(req, res, next) : next()));
app.use(limiter, enforce(policy));
app.get('/status', (_req, res) => void res.json({ status: 'up' }));
app.get('/orders', ({ auth }, res) => void res.json({ of: auth?.subject }));
app.listen(port, '127.0.0.1');
