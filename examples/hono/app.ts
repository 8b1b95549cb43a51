import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { limiter, port, verifier } from '../api';
import { protect, type Protected } from './protect';

const app = new Hono<Protected>();
app.use(protect(verifier, limiter));
app.get('/status', (c) => c.json({ status: 'up' }));
app.get('/orders', (c) => c.json({ of: c.get('caller')?.subject }));
app.post('/reports', (c) => c.json({ of: c.get('caller')?.subject }));
serve({ fetch: app.fetch, port, hostname: '127.0.0.1' });
