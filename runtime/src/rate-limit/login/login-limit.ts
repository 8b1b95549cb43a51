import type { MeterProvider } from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import { harmless } from '../../listener';
import { AttemptCounter, FAILURE_COST, type Attempt, type AttemptLimit } from './attempts';
import { clientAddress, subscriberNetwork, type TrustedProxies } from '../client/client-address';
import { cappedDenials, type OnRateLimitEvent } from '../events';
import { GuardedRedis } from '../store/guarded-redis';
import { ClientNames } from '../client/client-names';
import { KnownNetworks } from './known-networks';
import { limiterMetrics, outcomeName } from '../metrics';
import { checkLoginLimit } from '../options';
import type { OnStoreFailure } from '../decide/outage';
import { accessTo, type RedisClient } from '../../redis';
import { refuseAttempt, refuseUndecided } from '../answer/refusals';

export interface LoginLimitOptions {
  /** Keeps services that share a Redis apart, as the policy's `name`. */
  readonly name: string;
  /** As in `rateLimit()`. */
  readonly redis: RedisClient;
  /**
   * The account that an attempt names, as the client wrote it: an e-mail address, a `client_id`. Anything but a
   * string counts as one account, the same for all. Default, and where it gives `undefined`: only the network counts.
   * What it throws goes to the app's error handler, as an attempt that failed.
   */
  readonly account?: (req: Request) => unknown;
  /**
   * Whether an attempt succeeded, once it is answered. Default: the status is below 400. Say it where a failure is
   * answered with a page or a redirect: what counts as a success is nearly free, and makes its network known.
   */
  readonly succeeded?: (req: Request, res: Response) => boolean;
  /** Default: 50 failures in 15 minutes, for an office behind one address mistypes, too. */
  readonly perNetwork?: AttemptLimit;
  /** Default: 10 failures in 15 minutes, from all networks together; and as many from each one that is known. */
  readonly perAccount?: AttemptLimit;
  /** Whose X-Forwarded-For is believed: hops, or ranges. Default: nobody's. */
  readonly trustedProxies?: TrustedProxies;
  /** While Redis does not answer. Default: `local`, a quarter of the limits in each process. */
  readonly onStoreFailure?: OnStoreFailure;
  /** Longest wait for Redis, ms, three times for each attempt. Default: 50. */
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
 * Guessing from elsewhere does not keep an account's owner out: a network from which somebody logged in to the
 * account within 30 days is counted by itself. Only where the owner is new may he have to wait, for a window at
 * most, while others guess; where that harms more than guessing, raise `perAccount`.
 *
 * In Redis, a client that changes its network with every attempt costs one key of less than 300 bytes each, which
 * lives for the window and two of its sixtieths; one that changes accounts makes no more keys than its network
 * has attempts. A network that is known for an account costs a key for 31 days; guessing makes none.
 *
 * @throws RateLimitOptionsError with every problem of the options at once.
 *
 * @example
 * const limit = loginLimit({ name: 'fintech-api', redis, account: (req) => req.body?.email });
 * app.post('/auth/login', express.json(), limit, login);
 */
export function loginLimit(options: LoginLimitOptions): RequestHandler {
  checkLoginLimit(options);
  const { account, onStoreFailure = 'local', perNetwork = OFFICE, perAccount = PERSON } = options;
  const hasSucceeded = safely(options.succeeded ?? isGood);
  const onEvent = harmless(options.onEvent);
  const redis = new GuardedRedis(accessTo(options.redis), { timeoutMs: options.timeoutMs ?? 50, onEvent });
  const metrics = limiterMetrics(options.meterProvider, () => redis.state);
  const names = new ClientNames(options.name);
  const networks = new AttemptCounter('login-network', perNetwork, names, redis, metrics);
  const accounts = new AttemptCounter('login-account', perAccount, names, redis, metrics);
  const accountsAtKnown = new AttemptCounter('login-known-network', perAccount, names, redis, metrics);
  const known = new KnownNetworks(redis, names);
  const addressOf = clientAddress(options.trustedProxies ?? 0);
  const denied = cappedDenials(onEvent);

  /** The attempt, when it may go on; else it is answered. */
  const attempted = async (
    counter: AttemptCounter,
    value: string,
    res: Response,
  ): Promise<Attempt | undefined> => {
    const { kind, limit } = counter;
    const attempt = await counter.attempt(value, onStoreFailure);
    const { client, outcome } = attempt;
    metrics.decided('login', kind, outcomeName(outcome));
    if (outcome === 'closed') {
      refuseUndecided(res);
      return undefined;
    }
    if (outcome === 'open' || outcome.allowed) return attempt;
    const retryAfter = refuseAttempt(res, outcome);
    denied({ client, tier: 'login', route: kind, cost: FAILURE_COST, limit, retryAfter });
    return undefined;
  };

  const attemptedOn = async (name: string, network: string, res: Response): Promise<Attempt | undefined> =>
    (await known.has(name, network))
      ? attempted(accountsAtKnown, JSON.stringify([name, network]), res)
      : attempted(accounts, name, res);

  return async (req, res, next) => {
    const network = subscriberNetwork(addressOf(req));
    const byNetwork = await attempted(networks, network, res);
    if (byNetwork === undefined) return;
    const name = accountName(account?.(req));
    const byAccount = name === undefined ? byNetwork : await attemptedOn(name, network, res);
    if (byAccount === undefined) return;
    res.once('finish', () => {
      if (!hasSucceeded(req, res)) return;
      for (const attempt of new Set([byNetwork, byAccount])) attempt.succeeded();
      if (name !== undefined) void known.note(name, network);
    });
    next();
  };
}

/** Nobody can answer for a function that throws once the answer is out: its attempt failed. */
function safely(succeeded: (req: Request, res: Response) => boolean): typeof succeeded {
  return (req, res) => {
    try {
      return succeeded(req, res);
    } catch (error) {
      process.emitWarning(`succeeded threw: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  };
}

const isGood = (_req: Request, res: Response): boolean => res.statusCode < 400;

/**
 * However it is spelled, an account is one. Databases compare names as their collation says, some without regard to
 * case, width and accents, and apps strip what nobody sees: two names that either could take for one are one here.
 * What is no text cannot be told apart by spelling.
 */
function accountName(account: unknown): string | undefined {
  if (account === undefined) return undefined;
  if (typeof account !== 'string') return 'no text';
  const letters = account.normalize('NFKD').replace(/[\p{M}\p{C}\p{Z}]/gu, '');
  return `text ${letters.toLowerCase().toUpperCase()}`;
}
