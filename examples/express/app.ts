/** What the other examples answer like. */
import { enforce, requireAuth } from '@portcullis/runtime';
import express from 'express';
import { limiter, policy, port } from '../api';

const app = express();
app.use(requireAuth({ policy }), limiter, enforce(policy));
app.get('/status', (_req, res) => void res.json({ status: 'up' }));
app.get('/orders', ({ auth }, res) => void res.json({ of: auth?.subject }));
app.post('/reports', ({ auth }, res) => void res.json({ of: auth?.subject }));
app.listen(port, '127.0.0.1');
