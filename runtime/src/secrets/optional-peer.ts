import { missingPeerMessage } from '../optional-peer';
import { SecretsError } from './errors';

/**
 * @returns SecretsError `ERR_SECRETS_CONFIG` with the command that installs the package; the cause itself where none is
 * missing.
 */
export function missingPeer(packages: string, user: string, cause: unknown): unknown {
  const message = missingPeerMessage(packages, user, cause);
  return message === undefined ? cause : new SecretsError('ERR_SECRETS_CONFIG', message, { cause });
}
