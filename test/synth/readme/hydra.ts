import { hydra, type Preset } from '@portcullis/runtime/presets';

const server = hydra({ url: 'https://id.example.com', audience: 'https://orders.example.com' });

export const identity: Preset = {
  ...server,
  login: { ...server.login, scopes: ['openid', 'offline_access', 'read:transactions'] },
};
