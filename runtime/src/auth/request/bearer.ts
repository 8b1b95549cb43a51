/** How a request brings its access token (RFC 6750 §2): in the Authorization header, once, and nowhere else. */
import { valuesOf, type RequestHeaders } from '../../http/request-headers';
import { targetOf, type Targeted } from '../../http/target';

export type { RequestHeaders };

export type Credentials =
  /** All that follows the scheme: whether it looks like a token is for {@link isToken} to say. */
  | { readonly kind: 'token'; readonly token: string }
  /** No credentials, or credentials of a kind that is not accepted: Basic, API keys, a token in the URL. */
  | { readonly kind: 'none' }
  /** RFC 6750 §3.1, `invalid_request`: more than one way to tell who is calling. */
  | { readonly kind: 'ambiguous' };

const NONE: Credentials = { kind: 'none' };
const AMBIGUOUS: Credentials = { kind: 'ambiguous' };

/** The scheme in either case, and any number of spaces (RFC 9110 §11.4). */
const SCHEME = /^bearer +/i;

/** RFC 6750 §2.1, `b64token`. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** What an adapter may make instead of Node: no raw headers, and a list of values for each name. */
interface CredentialRequest extends Targeted {
  readonly headers: {
    readonly authorization?: string | readonly string[] | undefined;
    readonly 'content-type'?: string | undefined;
  };
  readonly rawHeaders?: readonly string[] | undefined;
  readonly body?: unknown;
}

export function credentialsOf(req: CredentialRequest): Credentials {
  const { headers, rawHeaders } = req;
  const { authorization } = headers;
  if (authorization === undefined) return NONE;
  // Of several Authorization headers Node keeps the first; a proxy may have looked at the last.
  const sent = Array.isArray(authorization) ? authorization.length : countAuthorizationHeaders(rawHeaders);
  if (sent > 1 || tokenInQuery(req) || tokenInForm(req)) return AMBIGUOUS;
  const token = afterScheme(String(authorization));
  return token === undefined ? NONE : { kind: 'token', token };
}

/** The Authorization headers of a request, nearly always one at most. */
export function authorizationsOf(headers: RequestHeaders | null | undefined): readonly string[] {
  return valuesOf(headers, 'authorization');
}

/** The token in an Authorization header's value. */
export function bearerToken(header: string): string | undefined {
  const token = afterScheme(header);
  return token !== undefined && isToken(token) ? token : undefined;
}

/**
 * Whether a text has the characters of a bearer token. To look at each of them costs as much as to find a token that was
 * verified before, which has them: ask this of others.
 */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

function afterScheme(header: string): string | undefined {
  const scheme = SCHEME.exec(header)?.[0];
  return scheme === undefined ? undefined : header.slice(scheme.length);
}

function countAuthorizationHeaders(rawHeaders: readonly string[] = []): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') count += 1;
  }
  return count;
}

/** Whether the URL's query holds an access token (RFC 6750 §2.3). */
function tokenInQuery(req: Targeted): boolean {
  const target = targetOf(req);
  const start = target.indexOf('?');
  return start >= 0 && namesToken(target.slice(start + 1));
}

function namesToken(query: string): boolean {
  const mayHoldIt = query.includes('access_token') || query.includes('%');
  return mayHoldIt && new URLSearchParams(query).has('access_token');
}

/** Whether the form holds an access token (RFC 6750 §2.2). It is seen only where a body parser ran before. */
function tokenInForm({ body, headers }: CredentialRequest): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    Object.hasOwn(body, 'access_token') &&
    headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded') === true
  );
}
