import type { AuthContext } from '../context';

/** What `requireAuth()` asks of a deny-list of tokens on every request; `followRevocations()` makes one. */
export interface Revocations {
  /** Whether the caller's token was revoked. Answered from memory, for tokens verified earlier too. */
  revoked(auth: AuthContext): boolean;
  /** `false` while this instance may have missed a revocation that is older than a second. */
  readonly current: boolean;
}
