import Fastify from 'fastify';
import { limiter, port, verifier } from '../api';
import { protect } from './protect';

const app = Fastify();
protect(app, verifier, limiter);
app.get('/status', () => ({ status: 'up' }));
app.get('/orders', ({ caller }) => ({ of: caller?.subject }));
app.post('/reports', ({ caller }) => ({ of: caller?.subject }));
void app.listen({ port, host: '127.0.0.1' });
