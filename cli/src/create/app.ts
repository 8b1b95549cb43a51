/** The API's own code: three routes, and where they are served. */
export const appSource = `import express, { type Express } from 'express';

interface Order {
  readonly id: number;
  readonly item: string;
}

/** The routes. Whoever gets here was let in by policy.ts. */
export function routes(app: Express): void {
  // In memory: gone when the process ends.
  const orders = new Map<string, Order[]>();
  app.get('/healthz', (_req, res) => void res.json({ status: 'up' }));
  app.get('/orders', ({ auth }, res) => void res.json(orders.get(auth?.organisation ?? '') ?? []));
  app.post('/orders', express.json({ limit: '10kb' }), ({ auth, body }, res) => {
    const item: unknown = body?.item;
    if (typeof item !== 'string' || item === '' || item.length > 100) {
      res.status(400).json({ error: 'expected { "item": "…" } of at most 100 characters' });
      return;
    }
    const organisation = auth?.organisation ?? '';
    const own = orders.get(organisation) ?? [];
    const order = { id: own.length + 1, item };
    orders.set(organisation, [...own, order]);
    res.status(201).json(order);
  });
}
`;

export const serverSource = (port: number): string => `import express from 'express';
import { routes } from './app.js';
import { protect } from './protect.js';

async function main(): Promise<void> {
  const app = express();
  app.disable('x-powered-by');
  const secrets = await protect(app);
  routes(app);
  const server = app.listen(Number(process.env.PORT ?? ${port}), process.env.HOST ?? '127.0.0.1');
  // What was leased is given back, and calls that run are answered first.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => server.close(() => void secrets.close()));
}

void main();
`;
