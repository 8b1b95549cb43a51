/** What requests of probes carry. None of it is kept, shown or logged. */
import { randomBytes } from 'node:crypto';
import type { TokenSource } from '../../connections/client-tokens';
import type { Credentials } from '../probes/probe';

/** What a request carries, and what of it no answer may repeat. */
export interface Carried {
  readonly authorization?: string;
  readonly secrets: readonly string[];
  readonly granted?: readonly string[];
}

/** @throws Error, in words of ours, when a token cannot be had. */
export async function carry(
  credentials: Credentials,
  tokens: TokenSource,
  expired: string | undefined,
): Promise<Carried> {
  switch (credentials.is) {
    case 'none':
      return { secrets: [] };
    case 'garbage':
      return bearer(randomBytes(24).toString('base64url'));
    case 'basic': {
      const password = randomBytes(24).toString('base64url');
      const text = Buffer.from(`portcullis-verify:${password}`).toString('base64');
      return { authorization: `Basic ${text}`, secrets: [text, password] };
    }
    case 'expired':
      return bearer(expired ?? '');
    case 'token':
    case 'altered':
    case 'unsigned': {
      const { value, scopes } = await tokens.token(credentials.tier, credentials.scopes);
      const sent = credentials.is === 'token' ? value : altered(value, credentials.is);
      return { ...bearer(sent), granted: scopes };
    }
  }
}

function bearer(token: string): Carried {
  const signature = token.split('.')[2] ?? '';
  return {
    authorization: `Bearer ${token}`,
    secrets: [token, ...(signature.length > 20 ? [signature] : [])],
  };
}

/** Claims of a good token, signed by nobody. */
function altered(token: string, how: 'altered' | 'unsigned'): string {
  const [header = '', claims, signature = ''] = token.split('.');
  if (claims === undefined) throw new Error('its tokens are no JWTs, so none can be altered');
  if (how === 'unsigned') {
    const none = { ...(JSON.parse(Buffer.from(header, 'base64url').toString()) as object), alg: 'none' };
    return `${Buffer.from(JSON.stringify(none)).toString('base64url')}.${claims}.`;
  }
  const bytes = Buffer.from(signature, 'base64url');
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return `${header}.${claims}.${bytes.toString('base64url')}`;
}
