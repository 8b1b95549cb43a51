import { shownAddress } from '@portcullis/runtime/policy';
import { findingsOf, type Finding } from '../finding';

/** What an environment's servers answered. No field holds a token or a password. */
export interface Target {
  readonly environment: string;
  readonly vault: VaultFacts | { readonly unreachable: string } | undefined;
  readonly issuer: string;
  readonly identity: IdentityFacts | { readonly unreachable: string };
  /** Undefined where nothing says where it is. */
  readonly redis: { readonly policy: string } | { readonly unreachable: string } | undefined;
}

export interface VaultFacts {
  readonly address: string;
  readonly state: 'active' | 'sealed' | 'uninitialized' | 'standby' | 'other';
  readonly token: { readonly ttlSeconds: number } | 'none' | 'refused' | 'not asked' | 'of another Vault';
  /** How many audit devices it has; undefined where the token may not see them. */
  readonly auditDevices: number | undefined;
}

export interface IdentityFacts {
  /** As its discovery document names it. */
  readonly issuer: string;
  /** How many keys are published; undefined where there is no JWKS. */
  readonly keys: number | undefined;
}

const { right, wrong, unknown } = findingsOf('target');

/** A token that ends sooner could end in the middle of a deploy. */
const SHORTEST_TOKEN_SECONDS = 600;

/** What is wrong with an environment. */
export function judgeTarget({ environment, vault, issuer, identity, redis }: Target): Finding[] {
  return [
    ...judgeVault(environment, vault),
    ...judgeIdentity(issuer, identity),
    judgeRedis(environment, redis),
  ];
}

function judgeVault(environment: string, vault: Target['vault']): Finding[] {
  if (vault === undefined)
    return [
      wrong(
        `nothing says where the Vault of ${environment} is`,
        `set VAULT_ADDR, or environments: { '${environment}': { vaultAddress: 'https://…' } }`,
      ),
    ];
  if ('unreachable' in vault)
    return [
      wrong(
        `Vault does not answer: ${vault.unreachable}`,
        'check the address, the network and its certificate',
      ),
    ];
  const { address, state } = vault;
  switch (state) {
    case 'sealed':
      return [wrong(`Vault at ${address} is sealed`, `bao operator unseal -address=${address}`)];
    case 'uninitialized':
      return [wrong(`Vault at ${address} is not initialized`, `bao operator init -address=${address}`)];
    case 'other':
      return [wrong(`what answers at ${address} is no Vault`, 'name the address of Vault or OpenBao')];
    default:
      return [
        right(`Vault at ${address} is unsealed`),
        judgeToken(address, vault.token),
        judgeAudit(vault.auditDevices),
      ];
  }
}

function judgeToken(address: string, token: VaultFacts['token']): Finding {
  const login = `bao login -address=${address}, then export VAULT_TOKEN`;
  if (token === 'none')
    return unknown('VAULT_TOKEN is not set: nothing that wants a token was looked at', login);
  if (token === 'refused')
    return wrong('Vault does not know the token: it ended, or is of another Vault', login);
  if (token === 'not asked') return unknown('the token was not sent: the address is not https', 'use https');
  if (token === 'of another Vault')
    return unknown('the token was not sent: VAULT_ADDR names another Vault than the config', login);
  const { ttlSeconds } = token;
  // 0 is a root token's.
  return ttlSeconds === 0 || ttlSeconds >= SHORTEST_TOKEN_SECONDS
    ? right(
        ttlSeconds === 0
          ? 'the token does not end'
          : `the token lives for ${Math.floor(ttlSeconds / 60)} min`,
      )
    : wrong(`the token ends in ${ttlSeconds} s`, 'bao token renew, or log in again');
}

function judgeAudit(devices: number | undefined): Finding {
  if (devices === undefined)
    return unknown(
      'the token may not list audit devices',
      'look with one that has "read" and "sudo" on "sys/audit"',
    );
  if (devices >= 2) return right(`${devices} audit devices`);
  return wrong(
    `${devices === 0 ? 'no audit device' : '1 audit device'}; expected two: Vault stops answering when its only one cannot write`,
    'on Vault: vault audit enable -path=second file file_path=…; on OpenBao: an audit block in its configuration',
  );
}

function judgeIdentity(issuer: string, identity: Target['identity']): Finding[] {
  const document = `${shownAddress(issuer).replace(/\/$/, '')}/.well-known/openid-configuration`;
  if ('unreachable' in identity)
    return [wrong(`the identity provider does not answer: ${identity.unreachable}`, `curl ${document}`)];
  if (identity.issuer !== issuer)
    return [
      wrong(
        `the identity provider calls itself ${identity.issuer}; tokens are accepted of ${issuer}`,
        'make both the same, to the letter: issuer in the policy, or in the environment of portcullis.config.ts',
      ),
    ];
  return [
    right(`identity provider ${issuer}`),
    identity.keys === undefined || identity.keys === 0
      ? wrong('the identity provider publishes no key', `look at jwks_uri of ${document}`)
      : right(
          identity.keys === 1 ? '1 key to verify tokens with' : `${identity.keys} keys to verify tokens with`,
        ),
  ];
}

function judgeRedis(environment: string, redis: Target['redis']): Finding {
  if (redis === undefined)
    return unknown(
      'nothing says where Redis is',
      `set REDIS_URL, or environments: { '${environment}': { redis: { host: '…' } } }`,
    );
  if ('unreachable' in redis) return unknown(`Redis was not reached from here: ${redis.unreachable}`);
  return redis.policy === 'noeviction'
    ? right('Redis evicts nothing')
    : wrong(
        `maxmemory-policy of Redis is ${redis.policy}; expected noeviction: counters that are evicted let callers through`,
        'redis-cli CONFIG SET maxmemory-policy noeviction, and in its configuration',
      );
}
