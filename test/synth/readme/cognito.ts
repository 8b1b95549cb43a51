import { cognito, type Preset } from '@portcullis/runtime/presets';

const pool = cognito({ userPool: 'eu-west-1_AbCdEf123', clients: ['orders-web', 'orders-billing'] });
// A claim that a trigger before token generation adds.
const organisation = 'org_id';

export const identity: Preset = {
  ...pool,
  verify: { ...pool.verify, claims: { ...pool.verify.claims, organisation } },
  login: { ...pool.login, scopes: ['openid', 'orders-api/read'], claims: { organisation } },
};
