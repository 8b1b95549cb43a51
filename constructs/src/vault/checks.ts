import { Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { ConstructError } from '../core';

/**
 * A name that stands in a Vault path and in policies. Globs (`*`, `+`), `..` and spaces would widen a policy
 * or move it elsewhere.
 *
 * @throws ConstructError `ERR_VAULT_NAME`
 */
export function vaultName(scope: IConstruct, what: string, name: string): string {
  if (/^[a-z0-9_][a-z0-9_-]*(\/[a-z0-9_][a-z0-9_-]*)*$/i.test(name)) return name;
  throw new ConstructError(
    'ERR_VAULT_NAME',
    scope,
    `received ${JSON.stringify(name)} as ${what}; give letters, digits, "_" and "-", with "/" between segments`,
  );
}

/**
 * A host that stands in a connection URL: nothing that could bring a user, a port or a parameter with it.
 *
 * @throws ConstructError `ERR_HOST`
 */
export function hostName(scope: IConstruct, host: string): string {
  if (Token.isUnresolved(host) || /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])$/i.test(host))
    return host;
  throw new ConstructError(
    'ERR_HOST',
    scope,
    'received something else than a host name; give a name or an address alone, an IPv6 address in brackets',
  );
}

/** Seconds of a TTL. @throws ConstructError `ERR_DURATION` when not whole, or not above zero. */
export function ttlSeconds(scope: IConstruct, what: string, seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new ConstructError(
    'ERR_DURATION',
    scope,
    `received ${seconds} as ${what}; give whole seconds above zero`,
  );
}
