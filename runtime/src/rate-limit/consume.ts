import type { ServerResponse } from 'node:http';
import type { AuthContext } from '../auth/context';
import { answerOf, type Answer, type ErrorAnswer } from '../http/answer';
import { valuesOf, type RequestHeaders } from '../http/request-headers';
import type { Policy, Route } from '../policy';
import { denialOf } from './answer/answer-decision';
import { setHeaders, setPolicyHeader } from './answer/headers';
import { limitedAnswer, secondsUntilFit, UNDECIDED } from './answer/limited-answer';
import { RateLimitInfo } from './answer/request-info';
import { networkOf } from './client/client-address';
import type { ClientNames } from './client/client-names';
import type { Caller } from './client/counter-keys';
import { routeNamed, type RouteKey } from './decide/costs';
import type { Decided, Decider } from './decide/decider';
import type { Limiter } from './decide/limiter';
import type { Denial } from './events';
import { outcomeName, type LimiterMetrics } from './metrics';

/** A caller without a request, as of a WebSocket message or a job. */
export type Consumer =
  | string
  | (Pick<AuthContext, 'subject'> & Partial<AuthContext>)
  | (Required<Pick<AuthContext, 'organisation'>> & Partial<AuthContext>);

/** What to charge to a client's limits. */
export interface Consumption {
  /**
   * Who is charged: `req.auth`, what a verifier returned, or an object with the same fields. A string is the `org_id` of an
   * organisation at the policy's issuer.
   */
  readonly client: Consumer;
  /** The client's tier. @default that of `client`, else the policy's default tier */
  readonly tier?: string;
  /** A whole number, 0 or more; 0 reads and charges nothing. @default the route's cost, else 1 */
  readonly cost?: number;
  /**
   * A route of the policy, whose cost, limits and `onStoreFailure` apply: `'POST /api/exports'`, or what `routeOf()` of a
   * verifier returned.
   * @default none
   */
  readonly route?: RouteKey | Route | undefined;
  /** The client's IP address, for limits by address. @default none: such limits count by client */
  readonly address?: string;
  /** For limits by a function: the values that they would return, by name. @default none: such limits count by client */
  readonly keys?: Readonly<Record<string, string>>;
}

/** How a consumption was decided. */
export interface Consumed {
  /** Whether it was admitted, and charged. */
  readonly allowed: boolean;
  /** Who decided: Redis, a reserved block, this process' memory, a remembered refusal; or the route's `onStoreFailure`. */
  readonly by: 'store' | 'block' | 'memory' | 'cache' | 'open' | 'closed';
  readonly tier: string;
  readonly cost: number;
  /** Seconds until it would be admitted, at least 1; `Infinity` if never; missing if it was admitted. */
  readonly retryAfter?: number;
  /** Whether a limit in shadow would have refused it. */
  readonly deniedInShadow: boolean;
  /** The headers that `rateLimit()` sets on an answer: `RateLimit`, `X-RateLimit-Remaining`, `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The answer to a client that was not admitted: 429 or 503, as `rateLimit()` sends it but always with the usual body.
   * {@link Consumed.headers} are in it. `undefined` if it was admitted.
   *
   * @param headers of the request: a client whose `Accept` asks for problem details (RFC 9457) gets those.
   */
  answer(headers?: RequestHeaders): Answer | undefined;
  /** Gives back part of the cost, as `req.rateLimit.refund()` does. */
  refund(amount: number): Promise<void>;
}

export type Consume = (consumption: Consumption) => Promise<Consumed>;

/** The parts of a limiter that a consumption needs. */
export interface ConsumeParts {
  readonly policy: Policy;
  readonly names: ClientNames;
  readonly decider: Decider;
  readonly limiter: Limiter;
  readonly metrics: Pick<LimiterMetrics, 'decided'>;
  /** Hears of what was decided, for events. */
  readonly told: (decided: Decided, route: string) => void;
  readonly denied: (denial: Denial) => void;
  /** Hears of each caller that was refused. */
  readonly refused: (caller: Context) => void;
}

/** In metrics and events, the route of what names none. */
const NO_ROUTE = 'none';

export function consumeBy(parts: ConsumeParts): Consume {
  const { policy, names, decider, limiter, metrics } = parts;
  return async ({ client, tier, cost, route: key, address, keys = {} }) => {
    const route =
      typeof key === 'string' ? routeNamed(policy, key) : policy.routes.find((one) => one === key);
    if (key !== undefined && route === undefined)
      throw new RangeError(`consume: received route ${JSON.stringify(key)}; expected one of the policy's`);
    if (tier !== undefined && !Object.hasOwn(policy.tiers, tier))
      throw new RangeError(`consume: received tier ${JSON.stringify(tier)}; expected one of the policy's`);
    if (!isNamed(client))
      throw new RangeError(
        'consume: received a client without organisation and subject; expected one of them',
      );
    const charged = cost ?? route?.cost ?? 1;
    if (!Number.isSafeInteger(charged) || charged < 0)
      throw new RangeError(`consume: received cost ${charged}; expected a whole number, 0 or more`);

    const auth = contextOf(client, policy);
    const caller: Caller = {
      name: names.ofCaller(auth),
      auth,
      network: () => (address === undefined ? undefined : networkOf(address)),
      value: (name) => (Object.hasOwn(keys, name) ? keys[name] : undefined),
    };
    const decided = await decider.decide({
      caller,
      organisation: auth.organisation,
      tier: tier ?? auth.tier,
      cost: charged,
      route,
    });
    const { outcome, limits } = decided;
    const pattern = route?.path ?? NO_ROUTE;
    metrics.decided(limits.name, pattern, outcomeName(outcome));
    parts.told(decided, pattern);

    const headers = new CollectedHeaders();
    const isDecision = typeof outcome === 'object';
    const standing = isDecision ? setHeaders(headers.sink, limits, outcome) : undefined;
    if (!isDecision) setPolicyHeader(headers.sink, limits);
    const allowed = isDecision ? outcome.allowed : outcome === 'open';
    const retryAfter = allowed ? undefined : isDecision ? secondsUntilFit(outcome) : 1;
    if (!allowed) {
      parts.refused(auth);
      if (isDecision && standing) parts.denied(denialOf(decided, standing, outcome, pattern));
    }
    if (retryAfter !== undefined && retryAfter !== Infinity)
      headers.sink.setHeader('Retry-After', retryAfter);
    const info =
      isDecision && allowed && standing !== undefined
        ? new RateLimitInfo(decided, standing, limiter, outcome)
        : undefined;
    const refused = (): ErrorAnswer | undefined => {
      if (allowed) return undefined;
      return isDecision && standing ? limitedAnswer(policy, decided, standing, outcome) : UNDECIDED;
    };
    return {
      allowed,
      by: isDecision ? outcome.by : outcome,
      tier: limits.name,
      cost: charged,
      ...(retryAfter !== undefined && { retryAfter }),
      deniedInShadow: isDecision && allowed && (outcome.shadowRetryAfterMs ?? 0) > 0,
      headers: headers.all,
      answer: (asking) => {
        const answer = refused();
        if (answer === undefined) return undefined;
        const all = { ...headers.all, ...answer.headers };
        return answerOf({ ...answer, headers: all }, valuesOf(asking, 'accept').join());
      },
      refund: (amount) => info?.refund(amount) ?? Promise.resolve(),
    };
  };
}

type Context = Pick<AuthContext, 'issuer' | 'subject' | 'claims'> & Partial<AuthContext>;

/** What `requireAuth()` made stays the very same: its counters are found once. */
function contextOf(client: Consumer, policy: Policy): Context {
  if (typeof client === 'object' && isContext(client)) return client;
  const given: Partial<AuthContext> = typeof client === 'string' ? { organisation: client } : client;
  const { issuer = policy.issuer, subject = '', claims = {} } = given;
  return { ...given, issuer, subject, claims };
}

/** Without a compiler, it may be anything: nobody would be charged as the nobody of all others. */
function isNamed(client: unknown): boolean {
  if (typeof client !== 'object' || client === null) return typeof client === 'string';
  const { organisation, subject } = client as Partial<Record<'organisation' | 'subject', unknown>>;
  return typeof organisation === 'string' || typeof subject === 'string';
}

function isContext(client: Partial<AuthContext>): client is Context {
  return client.issuer !== undefined && client.subject !== undefined && client.claims !== undefined;
}

/** Takes headers as an answer does. */
class CollectedHeaders {
  readonly all: Record<string, string> = {};
  readonly sink = {
    getHeader: (name: string) => this.all[name],
    setHeader: (name: string, value: unknown) => {
      this.all[name] = String(value);
    },
  } as unknown as ServerResponse;
}
