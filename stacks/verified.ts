/** The clients that `portcullis verify` calls as, one of each tier, and where their secrets are. */
import { ANONYMOUS_TIER } from '@portcullis/runtime/policy';
import { policy } from '../policy';

const clients = Object.keys(policy.tiers)
  .filter((tier) => tier !== ANONYMOUS_TIER)
  .map((tier) => ({
    tier,
    clientId: `verify-${tier}`,
    secretVariable: `VERIFY_${tier.toUpperCase()}_SECRET`,
  }));

/** For `portcullis.config.ts`. */
export const VERIFIED = {
  clients: Object.fromEntries(
    clients.map(({ tier, clientId, secretVariable }) => [tier, { clientId, secretVariable }]),
  ),
};

/** Each variable, with the field of the scan's entry that has its value. */
export const VERIFY_SECRETS = Object.fromEntries(
  clients.map(({ tier, secretVariable }) => [secretVariable, `verify_${tier}_client_secret`]),
);
