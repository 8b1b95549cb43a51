import { clientCredentials, login, requireAuth } from '@portcullis/runtime';
import express from 'express';
import { identity } from './identity.js';
import { policy } from './policy.js';

const { OAUTH_CLIENT_SECRET: clientSecret = '', COOKIE_KEY: key = '' } = process.env;

const app = express();
app.use(
  login({
    policy,
    ...identity.login,
    clientId: 'orders-web',
    clientSecret,
    redirectUri: 'https://orders.example.com/auth/callback',
    encryptionKeys: [key],
  }),
);
app.use(requireAuth({ policy, ...identity.verify }));

// For calls to other services.
const billing = clientCredentials({ ...identity.client, clientId: 'orders-billing', clientSecret });
app.get('/orders/paid', async (_req, res) => {
  const headers = { Authorization: `Bearer ${await billing.token()}` };
  res.json(await (await fetch('https://billing.example.com/paid', { headers })).json());
});
