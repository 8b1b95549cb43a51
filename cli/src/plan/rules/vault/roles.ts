import { isAdministrativeRole } from '../../content/administrators';
import { isNothing, show } from '../../values';
import {
  allowance,
  harmless,
  itemsOf,
  lifetime,
  mustBe,
  ofChanges,
  reviewed,
  uses,
  type Judge,
} from '../attribute-judges';
import { named, type Rule } from '../rule';

/** Attributes of tokens, which the roles of every authentication method have. */
const TOKENS: Readonly<Record<string, Judge>> = {
  token_ttl: lifetime('TTL of tokens'),
  token_max_ttl: lifetime('maximum TTL of tokens'),
  token_explicit_max_ttl: lifetime('explicit maximum TTL of tokens'),
  // Without a period a token lives no longer than its maximum.
  token_period: lifetime('period of tokens', 'none'),
  token_policies: policies('its tokens: list of policies'),
  token_bound_cidrs: allowance('where its tokens can be used', { empty: 'anywhere' }),
  token_no_default_policy: mustBe(
    true,
    "its tokens lose Vault's default policy",
    "its tokens have Vault's default policy too",
  ),
  token_num_uses: ofChanges(uses('uses of a token')),
  token_type: ofChanges((before, after) =>
    show(after).includes('batch')
      ? { grade: 'danger', sentence: 'its tokens are batch tokens, which nobody can revoke' }
      : reviewed('type of tokens')(before, after),
  ),
};

export const appRole: Rule = {
  types: ['vault_approle_auth_backend_role'],
  noun: named('AppRole', 'role_name'),
  destroyed: { grade: 'danger', loses: 'whoever logs in with it no longer can' },
  attributes: {
    ...TOKENS,
    role_name: reviewed('name'),
    role_id: ofChanges(() => ({
      grade: 'notice',
      sentence: 'has another role ID: who logs in with the former one no longer can',
    })),
    alias_metadata: ofChanges(() => ({
      grade: 'unknown',
      sentence: 'its callers have other metadata: policies with templates may decide by it',
    })),
    backend: reviewed('mount'),
    bind_secret_id: mustBe(true, 'asks for a secret ID again', 'lets in without a secret ID'),
    secret_id_bound_cidrs: allowance('from where it lets in', { empty: 'anywhere' }),
    secret_id_num_uses: uses('uses of a secret ID'),
    secret_id_ttl: lifetime('TTL of secret IDs', 'unlimited'),
  },
};

export const jwtRole: Rule = {
  types: ['vault_jwt_auth_backend_role'],
  noun: named('JWT role', 'role_name'),
  destroyed: { grade: 'danger', loses: 'whoever logs in with it no longer can' },
  attributes: {
    ...TOKENS,
    // The runners of a pipeline have no fixed addresses.
    token_bound_cidrs: allowance('where its tokens can be used'),
    role_name: reviewed('name'),
    role_id: harmless,
    backend: reviewed('mount'),
    bound_audiences: allowance('audiences that it takes', { empty: 'any' }),
    bound_subject: (before, after) =>
      !isNothing(before) && isNothing(after)
        ? { grade: 'danger', sentence: 'is no longer bound to a subject' }
        : ofChanges((was, will) => ({
            grade: isNothing(was) ? 'notice' : 'danger',
            sentence: `lets in another subject: ${show(was)} → ${show(will)}`,
          }))(before, after),
    bound_claims: boundClaims(),
    bound_claims_type: mustBe('string', 'compares claims exactly', 'takes claims by pattern'),
    user_claim: ofChanges((before, after) => ({
      grade: 'danger',
      sentence: `callers are told apart by another claim: ${show(before)} → ${show(after)}`,
    })),
    role_type: reviewed('type'),
    clock_skew_leeway: lifetime('tolerance of clocks'),
    expiration_leeway: lifetime('tolerance of expiry'),
    not_before_leeway: lifetime('tolerance of not-before'),
  },
};

/** As `allowance()`; policies that may do anything, by their names, are dangerous from the start. */
function policies(label: string): Judge {
  return (before, after) => {
    const wide = before === undefined ? itemsOf(after).find(isAdministrativeRole) : undefined;
    return wide === undefined
      ? allowance(label)(before, after)
      : { grade: 'danger', sentence: `${label}: ${wide}, which may do anything, by its name` };
  };
}

/** More callers get in when a claim is no longer required, or may have more values. */
function boundClaims(): Judge {
  return (before, after) => {
    const [was, will] = [claimsOf(before), claimsOf(after)];
    const dropped = Object.keys(was).filter((claim) => !Object.hasOwn(will, claim));
    if (Object.keys(will).length === 0)
      return { grade: 'danger', sentence: 'is bound to no claim: any token of the issuer gets in' };
    if (dropped.length > 0)
      return { grade: 'danger', sentence: `is no longer bound to ${dropped.join(', ')}` };
    if (before === undefined) return undefined;
    const changed = Object.keys(will).filter((claim) => was[claim] !== will[claim]);
    const sentence = changed
      .map((claim) => `${claim} ${was[claim] ?? 'unbound'} → ${will[claim]}`)
      .join(', ');
    // Each added value lets in somebody else.
    const wider = changed.some((claim) => claim in was && !isSubset(will[claim], was[claim]));
    return { grade: wider ? 'danger' : 'notice', sentence: `is bound to ${sentence}` };
  };
}

function isSubset(some: string | undefined, all: string | undefined): boolean {
  const allowed = all?.split(',') ?? [];
  return some?.split(',').every((value) => allowed.includes(value)) ?? true;
}

function claimsOf(value: unknown): Record<string, string> {
  const claims = typeof value === 'object' && value !== null ? value : {};
  return Object.fromEntries(Object.entries(claims).map(([claim, bound]) => [claim, String(bound)]));
}
