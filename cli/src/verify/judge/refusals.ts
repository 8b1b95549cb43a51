/** Refusals as they are promised: their status, their words, their challenge (RFC 6750 §3), by the app or the gateway. */
import type { Decision } from '../policy/decision';
import type { Answer } from '../target/exchange';

type Refusing = Exclude<Decision['is'], 'let in'>;

/** The statuses of a refusal, whoever is in front. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 421, 501]);

export const isRefusal = ({ status }: Answer): boolean => REFUSALS.has(status);

interface Promised {
  readonly status: number;
  /** `error` of the body, each with the `error` of its challenge; undefined: none. The second one is the gateway's. */
  readonly ways: readonly { readonly error: string; readonly challenge?: string | undefined }[];
}

const BARE = { error: 'unauthorized', challenge: '' };

const PROMISED: Readonly<Record<Refusing, Promised>> = {
  unauthorized: { status: 401, ways: [BARE] },
  'invalid token': { status: 401, ways: [{ error: 'invalid_token', challenge: 'invalid_token' }, BARE] },
  expired: { status: 401, ways: [{ error: 'token_expired', challenge: 'invalid_token' }, BARE] },
  'insufficient scope': {
    status: 403,
    ways: [{ error: 'insufficient_scope', challenge: 'insufficient_scope' }],
  },
  unlisted: { status: 403, ways: [{ error: 'forbidden' }] },
  ambiguous: { status: 400, ways: [{ error: 'invalid_request' }] },
};

/**
 * What is otherwise than promised in a refusal; nothing where it is as promised.
 *
 * @param granted the scopes of the token, where they are known.
 */
export function refusalProblem(
  decision: Exclude<Decision, { is: 'let in' }>,
  answer: Answer,
  isHead: boolean,
  granted?: readonly string[],
): string | undefined {
  const { status, ways } = PROMISED[decision.is];
  if (answer.status !== status) return `is refused with ${answer.status} instead of ${status}`;
  const challenge = challengeOf(answer);
  if (ways.every((way) => way.challenge !== undefined)) {
    if (challenge === undefined)
      return 'has no challenge of the scheme Bearer in WWW-Authenticate (RFC 6750 §3)';
    if (!ways.some((way) => way.challenge === (challenge.error ?? '')))
      return 'has a challenge with another error than RFC 6750 §3.1 says';
  }
  if (!/\bno-store\b/i.test(answer.headers['cache-control'] ?? ''))
    return 'may be cached: Cache-Control lacks no-store';
  if (isHead) return undefined;
  const body = bodyOf(answer);
  if (body === undefined) return 'has no JSON for a body';
  if (
    !ways.some(
      ({ error, challenge: named }) =>
        error === body.error && (named === undefined || named === (challenge?.error ?? '')),
    )
  )
    return `has another error in its body than ${ways[0]?.error ?? ''}`;
  if (typeof body.message !== 'string') return 'has no message in its body';
  return decision.is === 'insufficient scope'
    ? scopeProblem(decision.route.scopes, body, challenge, granted)
    : undefined;
}

/** The gateway has one answer for all routes, and names no scope. */
function scopeProblem(
  scopes: readonly string[],
  body: Readonly<Record<string, unknown>>,
  challenge: Challenge | undefined,
  granted: readonly string[] | undefined,
): string | undefined {
  const isGateways =
    body.required === undefined && body.granted === undefined && challenge?.scope === undefined;
  if (isGateways) return undefined;
  if (!isSame(body.required, scopes)) return 'names other scopes in `required` than the route asks for';
  if (challenge?.scope !== scopes.join(' '))
    return 'names other scopes in its challenge than the route asks for';
  if (granted !== undefined && !isSame(body.granted, granted))
    return 'names other scopes in `granted` than the token has';
  return undefined;
}

function isSame(list: unknown, scopes: readonly string[]): boolean {
  if (!Array.isArray(list)) return false;
  const names = (some: readonly unknown[]): string => JSON.stringify([...new Set(some)].sort());
  return names(list) === names(scopes);
}

interface Challenge {
  readonly error?: string;
  readonly scope?: string;
}

function challengeOf({ headers }: Answer): Challenge | undefined {
  const value = headers['www-authenticate'];
  if (value === undefined || !/^bearer\b/i.test(value)) return undefined;
  const parameter = (name: string): string | undefined =>
    new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(value)?.[1];
  const [error, scope] = [parameter('error'), parameter('scope')];
  return { ...(error !== undefined && { error }), ...(scope !== undefined && { scope }) };
}

/** The object that a body is. */
export function bodyOf({ headers, body }: Answer): Readonly<Record<string, unknown>> | undefined {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(headers['content-type'] ?? '')) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
