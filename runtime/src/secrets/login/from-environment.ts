import { SecretsError } from '../errors';
import { appRole } from './app-role';
import type { LoginMethod } from './method';

/**
 * AppRole as the environment describes it: VAULT_ROLE_ID, and VAULT_WRAPPED_SECRET_ID or VAULT_SECRET_ID, which are
 * read again at each login.
 *
 * @throws SecretsError `ERR_SECRETS_CONFIG` when one is missing.
 */
export function loginFromEnvironment(env: Readonly<Record<string, string | undefined>>): LoginMethod {
  const name = env.VAULT_WRAPPED_SECRET_ID ? 'VAULT_WRAPPED_SECRET_ID' : 'VAULT_SECRET_ID';
  const { VAULT_ROLE_ID: roleId } = env;
  if (!roleId || !env[name]) {
    throw new SecretsError(
      'ERR_SECRETS_CONFIG',
      'no way to log in: set VAULT_ROLE_ID and VAULT_WRAPPED_SECRET_ID (or VAULT_SECRET_ID), or pass { login }',
    );
  }
  const source = (): string => env[name] ?? '';
  return appRole({
    roleId,
    ...(name === 'VAULT_SECRET_ID' ? { secretId: source } : { wrappedSecretId: source }),
  });
}
