import {
  enforce,
  type Pseudonyms,
  type RateLimiter,
  type RevocationCheck,
  type WatchedOverrides,
} from '@portcullis/runtime';
import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { policy } from '../policy';
import type { Database } from './database';
import { answerErrors, answerNotFound } from './errors';
import { exports, type SigningKeys } from './routes/exports';
import { securityHeaders } from './headers';
import { health, type DependencyCheck } from './routes/health';
import { logRequests, type RequestLogOptions } from './log';
import { me } from './routes/me';
import { openApiDescription } from './routes/openapi';
import { page } from './routes/page';
import { learnPseudonym } from './pseudonyms';
import { reports } from './routes/reports';
import { transactions } from './routes/transactions';

export interface AppDependencies {
  readonly logger: Logger;
  /** What the log says of requests. */
  readonly requestLog?: Pick<RequestLogOptions, 'requestIdHeader'> | undefined;
  /** Made by `secrets.pseudonyms()`. @default the log names no subject */
  readonly pseudonyms?: Pick<Pseudonyms, 'known' | 'of'> | undefined;
  readonly database: Database;
  /** Keys of export links: the first signs, all of them verify. */
  readonly signingKeys: SigningKeys;
  /** Made by `requireAuth()`. */
  readonly auth: RequestHandler;
  /** Made by `rateLimit()`. */
  readonly limiter: RateLimiter;
  /** Made by `watchOverrides()`. */
  readonly overrides?: Pick<WatchedOverrides, 'unusable'> | undefined;
  /** Made by `login()`, where people may log in. */
  readonly login?: RequestHandler | undefined;
  /** Made by `loginLimit()`. */
  readonly loginLimit?: RequestHandler | undefined;
  /** Made by `followRevocations()`. */
  readonly revocations: Pick<RevocationCheck, 'current'>;
  /** Made by `backChannelLogout()`, where people may log in. */
  readonly backChannelLogout?: RequestHandler | undefined;
  /** The issuer at which people log in and out. */
  readonly provider: string;
  readonly checks: Readonly<Record<string, DependencyCheck>>;
  /** What runs: the digest of an image, or a commit. */
  readonly release?: string | undefined;
}

/** The fintech API. The four lines in the middle protect it; the rest is an ordinary Express app. */
export function createApp(dependencies: AppDependencies): Express {
  const { logger, database, signingKeys, auth, limiter, login, provider, checks } = dependencies;
  const { overrides, loginLimit, revocations, backChannelLogout, release, requestLog, pseudonyms } =
    dependencies;
  const app = express();
  app.use(logRequests(logger, { ...requestLog, pseudonymOf: (caller) => pseudonyms?.known(caller) }));
  app.use(securityHeaders(provider));

  // The provider sends these requests, not a browser. So this comes before login(), which refuses forms of other sites,
  // and before the limiter, which would count all logouts against one limit.
  if (backChannelLogout) app.post('/auth/backchannel-logout', backChannelLogout);
  if (loginLimit) app.use(['/auth/login', '/auth/callback'], loginLimit);
  if (login) app.use(login);
  app.use(auth);
  if (pseudonyms) app.use(learnPseudonym(pseudonyms));
  app.use(limiter);
  app.use(enforce(policy));
  app.use(express.json({ limit: '16kb' }));

  app.use(page());
  const dispensable = {
    redis: () => limiter.storeState().up,
    revocations: () => revocations.current,
    ...(overrides && { limits: () => overrides.unusable.length === 0 }),
  };
  app.use(health(checks, dispensable, release));
  app.use(openApiDescription());
  app.use(me());
  app.use(transactions(database));
  app.use(exports(database, signingKeys));
  app.use(reports(database));
  app.use(answerNotFound);
  app.use(answerErrors);
  return app;
}
