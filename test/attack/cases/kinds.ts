import type { Forge } from '../../support/attack/forge';
import { tokens } from './case';

const kind = (typ: string | undefined, claims: Record<string, unknown>) => (forge: Forge) =>
  forge.token({ header: { typ }, claims });

/** Good tokens of the same issuer, signed with the same keys, that are no access tokens. */
export const kinds = [
  ...tokens('wrong_type', {
    'an ID token': kind('JWT', { nonce: 'n-0S6_WzA2Mj', auth_time: 1, at_hash: '77QmUPtjPfzWtF2AnpK9RQ' }),
    'an ID token without typ, for this API': kind(undefined, { nonce: 'n-0S6_WzA2Mj' }),
    'a logout token': kind('logout+jwt', {
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      sid: 'session-1',
    }),
    'a UserInfo answer': kind('JWT', { email: 'user@example.com' }),
    'an authorization response (JARM)': kind('JWT', { code: 'c', state: 's' }),
  }),

  ...tokens('unknown_issuer', {
    'a client assertion (RFC 7523)': kind('JWT', { iss: 'client-1', sub: 'client-1' }),
  }),
];
