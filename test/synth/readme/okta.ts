import { okta, type Preset } from '@portcullis/runtime/presets';

const server = okta({ domain: 'fintech.okta.com', server: 'default' });
// Claims that were added to the authorization server.
const organisation = 'org_id';

export const identity: Preset = {
  ...server,
  verify: { ...server.verify, claims: { ...server.verify.claims, organisation, tier: 'tier' } },
  login: {
    ...server.login,
    scopes: ['openid', 'offline_access', 'read:transactions'],
    claims: { organisation },
  },
};
