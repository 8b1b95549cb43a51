/** An app that people log in to, on a clock that tests move: the tokens it holds are the provider's own. */
import express, { type RequestHandler } from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  backChannelLogout,
  enforce,
  requireAuth,
  type AuthEvent,
  type RevocationList,
} from '../../../../runtime/src/auth';
import { systemClock, type Clock } from '../../../../runtime/src/time/clock';
import { makeLogin, type LoginMiddleware } from '../../../../runtime/src/auth/login/login';
import { resolveLogin, type LoginOptions } from '../../../../runtime/src/auth/login/options';
import type { OidcServer, OidcWebClient } from '../../../../cli/src/local/servers/oidc';
import { randomPassword } from '../../../../cli/src/engines/random';
import { policy } from '../../../../policy';

export interface PeopleApp {
  readonly origin: string;
  readonly login: LoginMiddleware;
  readonly events: AuthEvent[];
  /** The app's wall clock and monotonic clock, from now on. */
  later(seconds: number): void;
  stop(): Promise<void>;
}

export interface PeopleAppOptions extends Partial<LoginOptions> {
  readonly issuer: string;
  /** Where the provider's logouts go as well. */
  readonly revocations?: RevocationList;
  /** Answers what is let in. @default whose request it is, as JSON */
  readonly answer?: RequestHandler;
}

export interface KnownPeopleAppOptions extends Partial<PeopleAppOptions> {
  /** How the provider knows the client. @default by its secret */
  readonly knownBy?: Partial<OidcWebClient>;
}

const LOGOUT_PATH = '/auth/backchannel-logout';
export const WEB_CLIENT = { clientId: 'web', clientSecret: randomPassword() };

/** What the provider has to know of an app. */
export const webClient = (
  { origin }: Pick<PeopleApp, 'origin'>,
  who: Partial<OidcWebClient> = {},
): OidcWebClient & typeof WEB_CLIENT => ({
  ...WEB_CLIENT,
  authentication: 'client_secret_basic',
  ...who,
  redirectUri: `${origin}/auth/callback`,
  afterLogoutUri: `${origin}/`,
});

/** @param at another app's origin: this one is then a second instance of it, behind another port. */
export async function servePeople(
  { answer = (req, res) => void res.json({ subject: req.auth?.subject }), ...options }: PeopleAppOptions,
  at?: string,
): Promise<PeopleApp> {
  const app = express();
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let shiftMs = 0;
  const clock: Clock = {
    ...systemClock,
    wall: () => systemClock.wall() + shiftMs,
    monotonic: () => systemClock.monotonic() + shiftMs,
  };
  const events: AuthEvent[] = [];
  const login = makeLogin(
    resolveLogin({
      policy,
      ...WEB_CLIENT,
      redirectUri: `${at ?? origin}/auth/callback`,
      encryptionKeys: ['k'.repeat(32)],
      onEvent: (event) => events.push(event),
      ...options,
    }),
    clock,
  );
  const { issuer, revocations } = options;
  const auth = requireAuth({ policy, issuer, ...(revocations && { revocations }) });
  const logout = revocations && backChannelLogout({ revocations, issuer, clientId: WEB_CLIENT.clientId });
  if (logout) app.post(LOGOUT_PATH, logout);
  app.use(login, auth, enforce(policy), answer);

  return {
    origin,
    login,
    events,
    later: (seconds) => (shiftMs += seconds * 1_000),
    stop: async () => {
      login.close();
      logout?.close();
      auth.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Serves it, and makes it known to the provider. */
export async function servePeopleOf(
  oidc: OidcServer,
  { knownBy, ...options }: KnownPeopleAppOptions = {},
): Promise<PeopleApp> {
  const app = await servePeople({ issuer: oidc.issuer, ...options });
  await oidc.register({
    ...webClient(app, knownBy),
    ...(options.revocations && { backChannelLogoutUri: app.origin + LOGOUT_PATH }),
  });
  return app;
}
