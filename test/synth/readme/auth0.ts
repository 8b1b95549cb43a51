import { auth0, type Preset } from '@portcullis/runtime/presets';

const tenant = auth0({ domain: 'fintech.eu.auth0.com', audience: 'https://orders.example.com' });

export const identity: Preset = {
  ...tenant,
  // What an Action adds has the name of an address.
  verify: { ...tenant.verify, claims: { ...tenant.verify.claims, tier: 'https://orders.example.com/tier' } },
  login: { ...tenant.login, scopes: ['openid', 'offline_access', 'read:transactions'] },
};
