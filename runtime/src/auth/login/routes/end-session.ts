import { claimsOf } from '../../provider/access-token';
import type { LoginParts } from '../parts';
import { SessionsUnavailableError } from '../session/errors';
import type { Session } from '../session/session';

/**
 * Ends a session, but not at the provider: copies of its cookie are refused from now on, and so is its access token,
 * wherever it got to. Nobody is kept from logging out or in by an outage: an event tells an operator.
 */
export async function endSession(parts: LoginParts, session: Session): Promise<void> {
  parts.ended.add(session);
  await revokeHere(parts, session);
  // Where it cannot be deleted, it is over in time.
  await parts.session.delete(session).catch(unknownSession);
}

/** For a session that Redis keeps, while that is away. Its event was told. */
export function unknownSession(error: unknown): undefined {
  if (!(error instanceof SessionsUnavailableError)) throw error;
}

async function revokeHere({ revocations, provider, onEvent }: LoginParts, session: Session): Promise<void> {
  if (!revocations) return;
  const { issuer } = provider;
  const { jti } = claimsOf(session.accessToken);
  const revoked = await Promise.allSettled([
    revocations.revoke({ issuer, session: session.id }),
    ...(typeof jti === 'string' && jti !== '' ? [revocations.revoke({ issuer, jti })] : []),
  ]);
  const failure = revoked.find((outcome) => outcome.status === 'rejected');
  if (!failure) return;
  // It holds on this instance.
  const cause: unknown = failure.reason;
  onEvent({ type: 'logout_not_revoked', cause: cause instanceof Error ? cause.message : String(cause) });
}
