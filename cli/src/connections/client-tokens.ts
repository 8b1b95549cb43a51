/** Access tokens of the clients of an environment (Client Credentials, RFC 6749 §4.4). None is kept, shown or logged. */
import { isHttpsOrLoopback, shownAddress, type Policy } from '@portcullis/runtime/policy';
import { PortcullisError, messageOf } from '../errors';
import { jwtClaims } from './jwt-claims';

export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface TokenSource {
  /** An access token with these scopes; or why there is none, in words of ours. */
  token(tier: string, scopes: readonly string[]): Promise<Token>;
}

export interface Token {
  readonly value: string;
  /** What it grants, as the provider or the token says. */
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch: a minute from now where the provider does not say. */
  readonly expiresAt: number;
}

/** The provider answered, and gave no token. */
export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError';

  constructor(
    /** RFC 6749 §5.2, where it is one of those that say why. */
    readonly reason?: string,
  ) {
    super(`it gave no token${reason === undefined ? '' : `: ${reason}`}`);
  }
}

export interface TokenSettings {
  readonly issuer: string;
  /** Form parameters beside `grant_type` and `scope`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly clients: Readonly<Record<string, Client>>;
}

/** Which API the tokens are for, as one provider or the other wants to be told (RFC 8707; Auth0's `audience`). */
export const audienceOf = ({ audience }: Pick<Policy, 'audience'>): Readonly<Record<string, string>> => ({
  ...{ audience, resource: audience },
});

const LONGEST_ANSWER = 65_536;

/** Asked for again so long before it ends. */
const SPARE_MS = 10_000;

/** @throws PortcullisError `ERR_UNREACHABLE` where the issuer cannot be asked. */
export async function tokensFrom(settings: TokenSettings, timeoutMs: number): Promise<TokenSource> {
  const endpoint = await tokenEndpoint(settings.issuer, timeoutMs);
  const held = new Map<string, { readonly token: Promise<Token>; readonly until: () => number }>();
  return {
    token: (tier, scopes) => {
      const key = JSON.stringify([tier, scopes.toSorted()]);
      const before = held.get(key);
      if (before !== undefined && Date.now() < before.until()) return before.token;
      let until = Infinity;
      const client = settings.clients[tier];
      if (client === undefined) return Promise.reject(new Error(`tier ${tier} has no client`));
      const token = request(endpoint, client, scopes, settings.parameters, timeoutMs).then((given) => {
        until = given.expiresAt - SPARE_MS;
        return given;
      });
      held.set(key, { token, until: () => until });
      return token;
    },
  };
}

async function tokenEndpoint(issuer: string, timeoutMs: number): Promise<string> {
  try {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { token_endpoint: endpoint, issuer: named } = await json(url, {}, timeoutMs);
    if (named !== issuer) throw new Error('its configuration names another issuer');
    if (typeof endpoint !== 'string' || !isHttpsOrLoopback(endpoint))
      throw new Error('its configuration names no https token endpoint');
    return endpoint;
  } catch (cause) {
    throw new PortcullisError(
      'ERR_UNREACHABLE',
      `the issuer ${shownAddress(issuer)} cannot be asked for tokens: ${messageOf(cause)}`,
      'nothing was sent to the API; mend `issuer` of the environment, or start the issuer',
    );
  }
}

async function request(
  endpoint: string,
  { clientId, clientSecret }: Client,
  scopes: readonly string[],
  parameters: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Token> {
  const askedAt = Date.now();
  const basic = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
  const form = new URLSearchParams({
    ...parameters,
    grant_type: 'client_credentials',
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  });
  const headers = { authorization: `Basic ${Buffer.from(basic).toString('base64')}` };
  const answer = await json(endpoint, { method: 'POST', headers, body: form }, timeoutMs);
  const { access_token: value, expires_in: seconds, scope } = answer;
  if (typeof value !== 'string' || !/^[\w.~+/=-]+$/.test(value)) throw new TokenRefusedError(codeIn(answer));
  // RFC 6749 §5.1: where nothing is said, it is what was asked for.
  const granted = typeof scope === 'string' ? scope : (scopeIn(value) ?? scopes.join(' '));
  return {
    value,
    scopes: granted.split(' ').filter((one) => one !== ''),
    expiresAt: askedAt + (typeof seconds === 'number' ? seconds * 1_000 : 60_000),
  };
}

/** RFC 6749 §2.3.1: the client's ID and secret, each before they are joined. */
const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

/** RFC 6749 §5.2: these codes say why, and nothing else of the answer is repeated. */
function codeIn({ error }: Readonly<Record<string, unknown>>): string | undefined {
  const known = [
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'invalid_scope',
    'invalid_request',
    'invalid_target',
  ];
  return known.find((one) => one === error);
}

/** What a JWT of RFC 9068 grants. */
function scopeIn(token: string): string | undefined {
  const { scope, scp } = jwtClaims(token) ?? {};
  if (Array.isArray(scp)) return scp.join(' ');
  const text = scope ?? scp;
  return typeof text === 'string' ? text : undefined;
}

async function json(url: string, options: RequestInit, timeoutMs: number): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    ...options,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  let text = '';
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    text += decoder.decode(part.value, { stream: true });
    if (text.length > LONGEST_ANSWER) throw new Error('its answer is too long');
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // As below: the message of JSON.parse() repeats what it could not read.
  }
  throw new Error(`it answered ${response.status} without JSON`);
}
