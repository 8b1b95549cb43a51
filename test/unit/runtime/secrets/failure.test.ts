import { errorFor } from '../../../../runtime/src/secrets/vault/failure';

const ID = 'a1B2c3D4e5F6g7H8i9J0kLmN';

test.each([
  ['failed to revoke "database/creds/app/canary.x1"', 'failed to revoke "database/creds/app/[lease]"'],
  [`failed to revoke "pki/issue/api/${ID}"`, 'failed to revoke "pki/issue/api/[lease]"'],
  [`lease aws/sts/reports/${ID}.nsid1 expired`, 'lease aws/sts/reports/[lease] expired'],
  ['dial postgres://admin:canary@db:5432/x', 'dial [address]'],
  ['hvs.CAESIcanary-canary_canary is dead', '[token] is dead'],
  [
    'no handler for route "secret/data/fintech-api/config"',
    'no handler for route "secret/data/fintech-api/config"',
  ],
])('what Vault says is told without leases, tokens and addresses: %s', (said, told) => {
  expect(errorFor({ kind: 'refused', messages: [said] }, 'asked').message).toBe(
    `asked: Vault refused the request: ${told} (ERR_VAULT_REQUEST_REFUSED)`,
  );
});
