import { keycloak, type Preset } from '@portcullis/runtime/presets';

const realm = keycloak({ url: 'https://id.example.com', realm: 'fintech', client: 'orders-api' });

export const identity: Preset = {
  ...realm,
  login: { ...realm.login, scopes: ['openid', 'organization', 'read:transactions'] },
};
