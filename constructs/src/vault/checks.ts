/** Inputs of the Vault constructs, checked one by one: each function returns what it was given, or throws. */
import { Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { isIP } from 'node:net';
import { ConstructError } from '../core';

/**
 * A name that stands in a Vault path and in policies. Globs (`*`, `+`), `..` and spaces would widen a policy, or make
 * it apply to another path.
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
 * A host that stands in a connection URL. A user, a port or a parameter beside it is refused.
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

/** Whole seconds of a TTL, above zero. @throws ConstructError `ERR_DURATION` */
export function ttlSeconds(scope: IConstruct, what: string, seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new ConstructError(
    'ERR_DURATION',
    scope,
    `received ${seconds} as ${what}; give whole seconds above zero`,
  );
}

/** Address ranges in CIDR notation (RFC 4632). @throws ConstructError `ERR_CIDR` */
export function cidrs(scope: IConstruct, blocks: readonly string[]): string[] {
  for (const block of blocks) {
    const [address = '', bits = ''] = block.split('/');
    const family = isIP(address);
    if (family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)) continue;
    throw new ConstructError(
      'ERR_CIDR',
      scope,
      `received ${JSON.stringify(block)} as an address range; give CIDR notation such as "10.0.0.0/16"`,
    );
  }
  return [...blocks];
}
