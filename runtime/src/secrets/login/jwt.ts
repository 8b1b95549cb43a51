import { checkOptions, isSource, TEXT, type Expected } from '../option-checks';
import type { LoginMethod } from './method';
import { sendLogin } from './send-login';
import { readValue, type ValueSource } from './value';

/** Options of `jwtLogin()`. */
export interface JwtLoginOptions {
  /** The role of Vault's JWT auth method, bound to the token's claims. */
  readonly role: string;
  /** The token, read at each login: a file that the platform keeps fresh, or a function that fetches one. */
  readonly token: ValueSource;
  /** Mount of the JWT auth method. @default 'jwt' */
  readonly mount?: string;
}

/**
 * Login by a JWT: the identity that a platform gives a workload, such as a Kubernetes service account's projected token or
 * a CI job's OIDC token. https://developer.hashicorp.com/vault/docs/auth/jwt
 *
 * @example
 * jwtLogin({ role: 'fintech-api', token: { file: '/var/run/secrets/tokens/vault' } })
 */
export function jwtLogin(options: JwtLoginOptions): LoginMethod {
  checkOptions('jwtLogin()', options, EXPECTED, { required: ['role', 'token'] });
  const { role, token, mount = 'jwt' } = options;
  return {
    name: 'jwt',
    login: async (vault, signal) => {
      const body = { role, jwt: await readValue(token, 'JWT') };
      return sendLogin(vault, { mount, body, remedy: REMEDY }, signal);
    },
  };
}

const EXPECTED: Expected<JwtLoginOptions> = {
  role: TEXT,
  token: [isSource, 'a text, { file } or a function'],
  mount: TEXT,
};

const REMEDY =
  'the token is expired, or its issuer, audience or claims are not those that the role is bound to';
