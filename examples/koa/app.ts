import Koa from 'koa';
import { limiter, port, verifier } from '../api';
import { protect, type Protected } from './protect';

const app = new Koa<Protected>();
app.use(protect(verifier, limiter));
app.use((ctx) => {
  ctx.body = ctx.path === '/status' ? { status: 'up' } : { of: ctx.state.caller?.subject };
});
app.listen(port, '127.0.0.1');
