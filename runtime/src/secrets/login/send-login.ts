import { SecretsError } from '../errors';
import { Secret } from '../secret';
import type { VaultClient } from '../vault/client';
import { errorFor, remedyFor } from '../vault/failure';
import type { Grant } from './method';

/** Sends a login of any method; the answers mean the same for all of them. */
export async function sendLogin(
  vault: VaultClient,
  mount: string,
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<Grant> {
  const path = `auth/${mount}/login`;
  const answer = await vault.send({ method: 'POST', path, body, signal });
  if (answer.kind !== 'ok') {
    if (remedyFor(answer).do === 'retry') throw errorFor(answer, `login at ${path}`);
    throw new SecretsError('ERR_VAULT_LOGIN_REFUSED', errorFor(answer, `login at ${path}`).message);
  }
  const { auth } = answer.body;
  if (!auth) throw new SecretsError('ERR_VAULT_LOGIN_REFUSED', `login at ${path}: the answer holds no token`);
  return { token: new Secret(auth.client_token), ttlSeconds: auth.lease_duration };
}
