/** What the deny-lists are asked about a session and about the access token in it. */
import type { AuthContext } from '../../context';
import { claimsOf } from '../../provider/access-token';
import type { RevocableSession } from '../../revocation/revocation-list';
import { itemsOf, placeOf, valueAt } from '../../claim-path';
import type { Session } from './session';

export interface TokenRules {
  readonly issuer: string;
  readonly organisationPath: readonly string[];
}

export function revocableSession(session: Session, rules: TokenRules): RevocableSession {
  const { id, subject, sid, issuedAt } = session;
  const organisation = organisationIn(claimsOf(session.accessToken), rules);
  return {
    ...{ issuer: rules.issuer, id, subject, loggedInAt: issuedAt },
    ...(sid !== undefined && { sid }),
    ...(organisation !== undefined && { organisation }),
  };
}

/** The session's token as `requireAuth()` will see it. Nothing here is let in because of it. */
export function tokenContext({ accessToken, subject }: Session, rules: TokenRules): AuthContext {
  const claims = claimsOf(accessToken);
  const organisation = organisationIn(claims, rules);
  return {
    ...{ issuer: rules.issuer, subject, tier: '', scopes: [], expiresAt: 0, claims },
    ...(organisation !== undefined && { organisation }),
  };
}

/** The one organisation that the person acts for. Of several, what was revoked is refused request by request. */
function organisationIn(
  claims: Readonly<Record<string, unknown>>,
  { organisationPath: path }: TokenRules,
): string | undefined {
  const { place, isOfEvery } = placeOf(path);
  const value = valueAt(claims, place);
  const organisations = isOfEvery ? (itemsOf(value) ?? []) : [value];
  const [organisation] = organisations;
  const isOne = organisations.length === 1 && typeof organisation === 'string' && organisation !== '';
  return isOne ? organisation : undefined;
}
