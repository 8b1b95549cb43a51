/** The same API for `require()` and `import`: prints its address once it listens. */
module.exports = (portcullis, express) => {
  const { definePolicy, enforce, MemoryStore, rateLimit, requireAuth } = portcullis;
  const policy = definePolicy({
    name: 'orders',
    issuer: process.env.ISSUER,
    audience: 'https://api.fintech.example.com',
    upgradeUrl: 'https://example.com/upgrade',
    defaultTier: 'free',
    tiers: { free: { limits: [{ limit: 2, window: '1m' }] } },
    routes: [{ method: 'GET', path: '/orders/:id', scopes: ['read:orders'] }],
  });
  const app = express();
  app.use(requireAuth({ policy }));
  app.use(rateLimit({ policy, store: new MemoryStore({ singleInstance: true }), trustedProxies: 0 }));
  app.use(enforce(policy));
  app.get('/orders/:id', (req, res) => res.json({ id: req.params.id, by: req.auth.subject }));
  const server = app.listen(0, '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${server.address().port}`);
  });
};
