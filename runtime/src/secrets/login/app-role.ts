import { readFile } from 'node:fs/promises';
import { SecretsError } from '../errors';
import { Secret } from '../secret';
import type { LoginMethod } from './method';
import { sendLogin } from './send-login';
import { unwrapSecretId } from './wrapped-secret-id';

/** Where a value comes from; read again at each login, so that a new one is picked up. */
export type ValueSource = string | { readonly file: string } | (() => string | Promise<string>);

export interface AppRoleOptions {
  readonly roleId: string;
  /** Either the secret ID itself… */
  readonly secretId?: ValueSource;
  /** …or a wrapping token that holds it: good for one unwrap, by the right party. */
  readonly wrappedSecretId?: ValueSource;
  /** Where AppRole is mounted. @default 'approle' */
  readonly mount?: string;
  /** Name of the role, when known: the wrapping token must then come from this role's path exactly. */
  readonly roleName?: string;
}

/**
 * AppRole. A wrapped secret ID is unwrapped once and kept in memory for later logins; when its source
 * holds another wrapping token by then, that one is unwrapped.
 */
export function appRole(options: AppRoleOptions): LoginMethod {
  const { roleId, secretId, wrappedSecretId, mount = 'approle' } = options;
  if ((secretId === undefined) === (wrappedSecretId === undefined)) {
    throw new SecretsError('ERR_SECRETS_CONFIG', 'AppRole needs either a secret ID or a wrapped secret ID');
  }
  let unwrapped: { wrappingToken: string; secretId: Secret } | undefined;

  const readSecretId = async (
    vault: Parameters<LoginMethod['login']>[0],
    signal: AbortSignal,
  ): Promise<Secret> => {
    if (secretId !== undefined) return new Secret(await readValue(secretId));
    const wrappingToken = await readValue(wrappedSecretId ?? '');
    if (unwrapped?.wrappingToken !== wrappingToken) {
      unwrapped = {
        wrappingToken,
        secretId: await unwrapSecretId(
          vault,
          new Secret(wrappingToken),
          { mount, roleName: options.roleName },
          signal,
        ),
      };
    }
    return unwrapped.secretId;
  };

  return {
    name: 'approle',
    login: async (vault, signal) => {
      const id = await readSecretId(vault, signal);
      return sendLogin(vault, mount, { role_id: roleId, secret_id: id.reveal() }, signal);
    },
  };
}

/** @throws SecretsError `ERR_SECRETS_CONFIG` when the file cannot be read or the value is empty. */
export async function readValue(source: ValueSource): Promise<string> {
  let value: string;
  if (typeof source === 'string') value = source;
  else if (typeof source === 'function') value = await source();
  else {
    try {
      value = await readFile(source.file, 'utf8');
    } catch (cause) {
      throw new SecretsError('ERR_SECRETS_CONFIG', `cannot read ${source.file}`, { cause });
    }
  }
  value = value.trim();
  if (value === '') throw new SecretsError('ERR_SECRETS_CONFIG', 'the source of a login secret is empty');
  return value;
}
