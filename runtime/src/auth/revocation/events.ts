import type { RefusalReason } from '../errors';

/** What happens to the deny-list. Names nobody, and holds no token. */
export type RevocationEvent =
  /** This instance knows everything that was revoked up to now. Told at the start and after each `…_cut_off`. */
  | { readonly type: 'revocations_current'; readonly alive: number }
  /** For more than a second nothing could be read: `sensitive` routes answer 503. */
  | { readonly type: 'revocations_cut_off'; readonly cause: string }
  /** Redis had lost these revocations, or never got them. This instance knew them and has written them again. */
  | { readonly type: 'revocations_restored'; readonly entries: number }
  /** This instance knows of revocations that others do not, and cannot put them into Redis. It goes on trying. */
  | { readonly type: 'revocations_not_stored'; readonly entries: number; readonly cause: string }
  /** There was no room for another revocation, or one could not be read: every token issued up to now is refused. */
  | { readonly type: 'everyone_revoked'; readonly reason: 'full' | 'unreadable' }
  /** The same of the end of a session: `sensitive` routes refuse every session that began before. */
  | { readonly type: 'sessions_in_doubt'; readonly reason: 'full' | 'unreadable' }
  /** The provider says that a session, or all of a subject's, have ended; their tokens are revoked. */
  | { readonly type: 'logout_received'; readonly issuer: string; readonly of: 'session' | 'subject' }
  | { readonly type: 'logout_refused'; readonly issuer: string; readonly reason: RefusalReason }
  /** A logout token could not be judged, or what it revokes is not in Redis. */
  | { readonly type: 'logout_failed'; readonly issuer: string; readonly cause: string };
