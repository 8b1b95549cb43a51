import type { Request, Response } from '../../peer-types';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuse } from '../../http/answer';
import type { Middleware } from '../../http/middleware';
import { attemptAnswer, secondsUntilFit, UNDECIDED } from '../answer/limited-answer';
import { NETWORKS_AT_A_SITE, clientAddress, networksOf } from '../client/client-address';
import { ClientNames } from '../client/client-names';
import { watchForProxies } from '../client/trusted-proxies';
import { cappedDenials } from '../events';
import { limiterMetrics, outcomeName } from '../metrics';
import { resolveLoginLimit, type LoginLimitOptions } from '../options';
import { chosenStore } from '../chosen-store';
import { AttemptCounter, FAILURE_COST, type Attempt } from './attempts';
import { KnownNetworks } from './known-networks';

/**
 * Slows down the guessing of credentials: put it before a login or token endpoint, after the body's parser.
 *
 * An attempt counts against the client's network (an IPv4 address; an IPv6 /64, and with sixteen times the limit the /48
 * that it is a part of). When that lets it pass, it counts
 * against the account that it names as well, so that many networks cannot share the work on one account. It is
 * charged as a failure before its work starts; nine tenths of that are given back when it succeeded. So attempts
 * made side by side count in full, and a network of people who know their passwords is not held up. 429
 * `rate_limit_exceeded` tells neither which of the two limits it was, nor whether the account exists.
 *
 * Guessing from elsewhere does not keep an account's owner out: a network from which somebody logged in to the
 * account within 30 days is counted by itself. Only an owner on a new network may have to wait, for a window at
 * most, while others guess; where that harms more than guessing, raise `perAccount`.
 *
 * In Redis, a client that changes its network with every attempt costs one key of less than 300 bytes for each,
 * which lives for the window and a sixth of it. A client that changes accounts makes no more keys than its
 * network has attempts. A network that is known for an account costs a key for 31 days; guessing makes none.
 *
 * @throws RateLimitOptionsError with every problem of the options at once.
 *
 * @example
 * const limit = loginLimit({ name: 'fintech-api', redis, account: (req) => req.body?.email });
 * app.post('/auth/login', express.json(), limit, login);
 */
export function loginLimit(options: LoginLimitOptions): Middleware {
  const { account, succeeded, onStoreFailure, perNetwork, perAccount, onEvent, timeoutMs, ...rest } =
    resolveLoginLimit(options);
  const hasSucceeded = safely(succeeded);
  const store = chosenStore('loginLimit()', rest, { timeoutMs, onEvent });
  const metrics = limiterMetrics(rest.meterProvider, store.state);
  const names = new ClientNames(rest.name);
  const networks = new AttemptCounter('login-network', perNetwork, names, store, metrics);
  const perSite = { ...perNetwork, failures: perNetwork.failures * NETWORKS_AT_A_SITE };
  const sites = new AttemptCounter('login-site', perSite, names, store, metrics);
  const accounts = new AttemptCounter('login-account', perAccount, names, store, metrics);
  const accountsAtKnown = new AttemptCounter('login-known-network', perAccount, names, store, metrics);
  const known = new KnownNetworks(store, names);
  const addressOf = clientAddress(rest.trustedProxies);
  const denied = cappedDenials(onEvent);
  const lookForProxy = watchForProxies(
    'loginLimit()',
    rest.trustedProxies,
    'behind a proxy one guesser keeps everybody from logging in',
  );

  /** The attempt, when it may go on; otherwise it has been answered. */
  const attempted = async (
    counter: AttemptCounter,
    value: string,
    res: ServerResponse,
  ): Promise<Attempt | undefined> => {
    const { kind, limit } = counter;
    const attempt = await counter.attempt(value, onStoreFailure);
    const { client, outcome } = attempt;
    metrics.decided('login', kind, outcomeName(outcome));
    if (outcome === 'closed') {
      refuse(res, UNDECIDED);
      return undefined;
    }
    if (outcome === 'open' || outcome.allowed) return attempt;
    const retryAfter = secondsUntilFit(outcome);
    refuse(res, attemptAnswer(retryAfter));
    denied({ client, tier: 'login', route: kind, cost: FAILURE_COST, limit, retryAfter });
    return undefined;
  };

  const attemptedOn = async (
    name: string,
    network: string,
    res: ServerResponse,
  ): Promise<Attempt | undefined> =>
    (await known.has(name, network))
      ? attempted(accountsAtKnown, JSON.stringify([name, network]), res)
      : attempted(accounts, name, res);

  const handle: AsyncHandler = async (req, res, next) => {
    lookForProxy(req);
    const { network, site } = networksOf(addressOf(req));
    const byNetwork = await attempted(networks, network, res);
    if (byNetwork === undefined) return;
    const bySite = site === undefined ? byNetwork : await attempted(sites, site, res);
    if (bySite === undefined) return;
    const name = accountName(await account?.(req as Request));
    const byAccount = name === undefined ? byNetwork : await attemptedOn(name, network, res);
    // Who answered meanwhile, a time-out of the app's say, had no success to tell of: the attempt counts as failed.
    if (byAccount === undefined || res.headersSent) return;
    res.once('finish', () => {
      void hasSucceeded(req, res).then((success) => {
        if (!success) return;
        for (const attempt of new Set([byNetwork, bySite, byAccount])) attempt.succeeded();
        if (name !== undefined) void known.note(name, network);
      });
    });
    next();
  };
  return (req, res, next) => {
    handle(req, res, next).catch(next);
  };
}

type AsyncHandler = (...args: Parameters<Middleware>) => Promise<void>;

/** The answer is out when this is asked, so an error has nobody to go to: the attempt counts as failed. */
function safely(
  succeeded: NonNullable<LoginLimitOptions['succeeded']>,
): (req: IncomingMessage, res: ServerResponse) => Promise<boolean> {
  return async (req, res) => {
    try {
      return await succeeded(req as Request, res as Response);
    } catch (error) {
      process.emitWarning(`succeeded threw: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  };
}

/**
 * One name for all spellings of an account. Databases compare names by their collation, and some ignore case,
 * width and accents; apps strip invisible characters. Two spellings that either of them may take for the same
 * account get the same name here. Values that are no text all share one name.
 */
function accountName(account: unknown): string | undefined {
  if (account === undefined) return undefined;
  if (typeof account !== 'string') return 'no text';
  const letters = account.normalize('NFKD').replace(/[\p{M}\p{C}\p{Z}]/gu, '');
  return `text ${letters.toLowerCase().toUpperCase()}`;
}
