import { problemOf } from '../../coded-message';
import { SecretsError } from '../errors';
import { Secret } from '../secret';
import type { VaultTransport } from '../vault/client';
import { errorFor, remedyFor } from '../vault/failure';
import { segmentsOf } from '../vault/path';
import type { Grant } from './method';

export interface LoginRequest {
  readonly mount: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What to look at when Vault refuses; Vault itself gives no reasons to strangers. */
  readonly remedy: string;
}

/**
 * Sends a login of any method; the answers mean the same for all of them.
 *
 * @throws SecretsError `ERR_VAULT_LOGIN_REFUSED`, `ERR_VAULT_MOVED`, or a transient one.
 */
export async function sendLogin(
  vault: VaultTransport,
  { mount, body, remedy }: LoginRequest,
  signal: AbortSignal,
): Promise<Grant> {
  const path = ['auth', ...segmentsOf(mount, 'mount', 1, 'approle'), 'login'].join('/');
  const subject = `login at ${path}`;
  const answer = await vault.send({ method: 'POST', path, body, signal, maybeNew: true });
  if (answer.kind !== 'ok') {
    const failure = errorFor(answer, subject);
    // The remedy of a refused login would mislead who did not reach Vault.
    if (remedyFor(answer) === 'retry' || answer.kind === 'moved') throw failure;
    throw new SecretsError('ERR_VAULT_LOGIN_REFUSED', `${problemOf(failure)}: ${remedy}`);
  }
  const { auth, request_id: requestId } = answer.body;
  if (!auth) throw new SecretsError('ERR_VAULT_LOGIN_REFUSED', `${subject}: the answer holds no token`);
  return {
    token: new Secret(auth.client_token),
    ttlSeconds: auth.lease_duration,
    ...(requestId && { requestId }),
  };
}
