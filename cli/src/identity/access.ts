import { baseOf } from '@portcullis/runtime/policy';
import { PortcullisError } from '../errors';
import type { KeycloakAccess } from './admin-client';

/**
 * Which Keycloak, and who changes it: from the environment alone, since everybody on the machine can read a command's
 * arguments.
 *
 * @throws PortcullisError `ERR_SETTING` with every variable that is missing.
 */
export function accessFromEnvironment(env: NodeJS.ProcessEnv): KeycloakAccess {
  const {
    KEYCLOAK_URL: url = '',
    KEYCLOAK_ADMIN_CLIENT_ID: clientId = '',
    KEYCLOAK_ADMIN_CLIENT_SECRET: clientSecret = '',
  } = env;
  const missing = [
    ...(URL.canParse(url) && /^https?:/.test(url) ? [] : ['KEYCLOAK_URL']),
    ...(clientId === '' ? ['KEYCLOAK_ADMIN_CLIENT_ID'] : []),
    ...(clientSecret === '' ? ['KEYCLOAK_ADMIN_CLIENT_SECRET'] : []),
  ];
  if (missing.length === 0) return { url: baseOf(new URL(url)), clientId, clientSecret };
  throw new PortcullisError(
    'ERR_SETTING',
    `${missing.join(', ')}: not set, or no address`,
    "set KEYCLOAK_URL to Keycloak's address, the others to a client of its realm master whose service account has the role admin",
  );
}
