const api = '0f8fad5b-d9cb-469f-a165-70867728950e';
const issuer = 'https://fintech.b2clogin.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0/';
const flow = 'https://fintech.b2clogin.com/fintech.onmicrosoft.com/B2C_1_sign_in/v2.0';
const discoveryUrl = `${flow}/.well-known/openid-configuration`;

export const identity = {
  verify: {
    issuer,
    audience: api,
    discoveryUrl,
    tokenType: 'any',
    claims: { scopes: ['scp'] },
  },
  login: {
    issuer,
    discoveryUrl,
    resource: false,
    scopes: ['openid', 'offline_access', 'https://fintech.onmicrosoft.com/orders-api/read'],
  },
} as const;
