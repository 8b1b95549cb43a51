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

/** Seconds of a TTL. @throws ConstructError `ERR_DURATION` when not whole, or not above zero. */
export function ttlSeconds(scope: IConstruct, what: string, seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new ConstructError(
    'ERR_DURATION',
    scope,
    `received ${seconds} as ${what}; give whole seconds above zero`,
  );
}
