import type { MeterProvider } from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import { harmless } from '../listener';
import { AttemptCounter, FAILURE_COST, type Attempt, type AttemptLimit } from './attempts';
import { clientAddress, subscriberNetwork, type TrustedProxies } from './client-address';
import { cappedDenials, type OnRateLimitEvent } from './events';
import { guard } from './guard';
import { ClientNames } from './identity';
import { limiterMetrics, outcomeName } from './metrics';
import { checkLoginLimit } from './options';
import type { OnStoreFailure } from './outage';
import type { RedisClient } from './redis';
import { refuseAttempt, refuseUndecided } from './refusals';

export interface LoginLimitOptions {
  /** Keeps services that share a Redis apart, as the policy's `name`. */
  readonly name: string;
  /** As in `rateLimit()`. */
  readonly redis: RedisClient;
  /**
   * The account that an attempt names, as the client wrote it: an e-mail address, a `client_id`. Anything but a
   * string counts as one account, the same for all. Default, and where it gives `undefined`: only the network counts.
   */
  readonly account?: (req: Request) => unknown;
  /** Whether an attempt succeeded, once it is answered. Default: the status is below 400. */
  readonly succeeded?: (req: Request, res: Response) => boolean;
  /** Default: 50 failures in 15 minutes, for an office behind one address mistypes, too. */
  readonly perNetwork?: AttemptLimit;
  /** Default: 10 failures in 15 minutes, from wherever they come. */
  readonly perAccount?: AttemptLimit;
  /** Whose X-Forwarded-For is believed: hops, or ranges. Default: nobody's. */
  readonly trustedProxies?: TrustedProxies;
  /** While Redis does not answer. Default: `local`, a quarter of the limits in each process. */
  readonly onStoreFailure?: OnStoreFailure;
  /** Longest wait for Redis, ms, twice for each attempt. Default: 50. */
  readonly timeoutMs?: number;
  /** Told of outages and, ten times a second at most, of refused attempts. */
  readonly onEvent?: OnRateLimitEvent;
  /** Where the metrics go. Default: OpenTelemetry's global provider. */
  readonly meterProvider?: MeterProvider;
}

const OFFICE: AttemptLimit = { failures: 50, window: '15m' };
const PERSON: AttemptLimit = { failures: 10, window: '15m' };

/**
 * Slows down the guessing of credentials: put it before a login or token endpoint, after the body's parser.
 *
 * An attempt counts against the client's network (an IPv4 address, an IPv6 /56) and, when that lets it pass,
 * against the account that it names, so that many networks cannot share the work on one account. It is charged
 * as a failure before its work starts; nine tenths of that are given back when it succeeded. Attempts made side
 * by side count in full, and a network of people who know their passwords is not held up. 429
 * `rate_limit_exceeded` tells neither which of the two it was, nor whether there is such an account.
 *
 * Whoever fails often enough keeps an account's owner out as well, for a window at most: where that harms more
 * than guessing, raise `perAccount`.
 *
 * In Redis, a client that changes its network with every attempt costs one key of less than 300 bytes each, which
 * lives for the window and two of its sixtieths; one that changes accounts makes no more keys than its network
 * has attempts.
 *
 * @throws RateLimitOptionsError with every problem of the options at once.
 *
 * @example
 * const limit = loginLimit({ name: 'fintech-api', redis, account: (req) => req.body.email });
 * app.post('/auth/login', express.json(), limit, login);
 */
export function loginLimit(options: LoginLimitOptions): RequestHandler {
  checkLoginLimit(options);
  const { account, onStoreFailure = 'local', perNetwork = OFFICE, perAccount = PERSON } = options;
  const { succeeded = isGood } = options;
  const onEvent = harmless(options.onEvent);
  const redis = guard(options.redis, options.timeoutMs ?? 50, onEvent);
  const metrics = limiterMetrics(options.meterProvider, () => redis.state);
  const names = new ClientNames(options.name);
  const networks = new AttemptCounter('login-network', perNetwork, names, redis, metrics);
  const accounts = new AttemptCounter('login-account', perAccount, names, redis, metrics);
  const addressOf = clientAddress(options.trustedProxies ?? 0);
  const denied = cappedDenials(onEvent);

  /** Whether the attempt may go on; else it is answered. */
  const passes = ({ client, outcome }: Attempt, { kind, limit }: AttemptCounter, res: Response): boolean => {
    if (outcome === 'open' || (outcome !== 'closed' && outcome.allowed)) return true;
    if (outcome === 'closed') {
      refuseUndecided(res);
      return false;
    }
    const retryAfter = refuseAttempt(res, outcome);
    denied({ client, tier: 'login', route: kind, cost: FAILURE_COST, limit, retryAfter });
    return false;
  };

  return async (req, res, next) => {
    const attempts: Attempt[] = [];
    for (const { counter, value } of [
      { counter: networks, value: subscriberNetwork(addressOf(req)) },
      { counter: accounts, value: accountName(account?.(req)) },
    ]) {
      if (value === undefined) continue;
      const attempt = await counter.attempt(value, onStoreFailure);
      metrics.decided('login', counter.kind, outcomeName(attempt.outcome));
      if (!passes(attempt, counter, res)) return;
      attempts.push(attempt);
    }
    res.once('finish', () => {
      if (succeeded(req, res)) for (const attempt of attempts) attempt.succeeded();
    });
    next();
  };
}

const isGood = (_req: Request, res: Response): boolean => res.statusCode < 400;

/** However it is spelled, an account is one. What is no text cannot be told apart by spelling. */
function accountName(account: unknown): string | undefined {
  if (account === undefined) return undefined;
  return typeof account === 'string' ? `text ${account.normalize('NFKC').trim().toLowerCase()}` : 'no text';
}
