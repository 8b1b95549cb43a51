import type * as OpenIdClient from 'openid-client';
import { missingPeerMessage } from '../../optional-peer';
import { AuthOptionsError } from '../errors';

/**
 * openid-client, which whoever logs people or services in installs: an API that only verifies tokens goes without.
 *
 * @throws AuthOptionsError with the command that installs it.
 */
export function loadOpenIdClient(): typeof OpenIdClient {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('openid-client') as typeof OpenIdClient;
  } catch (cause) {
    const message = missingPeerMessage('openid-client', 'login() or clientCredentials()', cause);
    throw message === undefined ? cause : new AuthOptionsError([{ path: 'openid-client', message }]);
  }
}
