import { SecretsError } from '../errors';
import { checkOptions, isSource, TEXT, type Expected } from '../option-checks';
import { Secret } from '../secret';
import type { VaultTransport } from '../vault/client';
import type { LoginMethod } from './method';
import { sendLogin } from './send-login';
import { readValue, type ValueSource } from './value';
import { unwrapSecretId } from './wrapped-secret-id';

/** Options of `appRole()`: a role ID, and either a secret ID or a wrapping token that holds one. */
export interface AppRoleOptions {
  readonly roleId: string;
  /** The secret ID itself. */
  readonly secretId?: ValueSource;
  /** A wrapping token that holds the secret ID: it can be unwrapped once. */
  readonly wrappedSecretId?: ValueSource;
  /** Mount of the AppRole auth method. @default 'approle' */
  readonly mount?: string;
  /** Name of the role: the wrapping token must then have been made at this role's own path. @default any role of the mount */
  readonly roleName?: string;
}

/**
 * Login by AppRole. A wrapped secret ID is unwrapped once and kept in memory for later logins; if its source holds another
 * wrapping token by then, that one is unwrapped.
 * https://developer.hashicorp.com/vault/docs/auth/approle
 *
 * A role whose secret IDs can be used once (`secret_id_num_uses = 1`, as the construct `AppRoleLogin` makes them) lets a
 * process renew its token for ever, but not log in again with the same secret ID. If the token is lost (an outage longer
 * than its period, a revocation), the process goes on only if its source holds a new secret ID by then. Otherwise it is
 * no longer ready, and ends after `withoutTokenSeconds`; whoever starts it again issues a new secret ID.
 */
export function appRole(options: AppRoleOptions): LoginMethod {
  checkOptions('appRole()', options, EXPECTED, { required: ['roleId'] });
  const { roleId, secretId, wrappedSecretId, mount = 'approle', roleName } = options;
  if ((secretId === undefined) === (wrappedSecretId === undefined)) {
    throw new SecretsError('ERR_SECRETS_CONFIG', 'AppRole needs either a secret ID or a wrapped secret ID');
  }
  let unwrapped: { readonly from: string; readonly secretId: Secret } | undefined;

  const readSecretId = async (vault: VaultTransport, signal: AbortSignal): Promise<Secret> => {
    if (secretId !== undefined) return new Secret(await readValue(secretId, 'secret ID'));
    const from = await readValue(wrappedSecretId ?? '', 'wrapped secret ID');
    if (unwrapped?.from !== from) {
      const origin = { mount, roleName };
      unwrapped = { from, secretId: await unwrapSecretId(vault, new Secret(from), origin, signal) };
    }
    return unwrapped.secretId;
  };

  return {
    name: 'approle',
    login: async (vault, signal) => {
      const id = await readSecretId(vault, signal);
      const body = { role_id: roleId, secret_id: id.reveal() };
      return sendLogin(vault, { mount, body, remedy: REMEDY }, signal);
    },
  };
}

const SOURCE = [isSource, 'a text, { file } or a function'] as const;

const EXPECTED: Expected<AppRoleOptions> = {
  roleId: TEXT,
  secretId: SOURCE,
  wrappedSecretId: SOURCE,
  mount: TEXT,
  roleName: TEXT,
};

const REMEDY =
  'the secret ID is spent, expired, revoked or of another role: mint a new one, then start the process again';
