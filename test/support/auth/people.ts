/** An app with login() on a clock that tests move, and a provider that answers what they say. */
import express from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { policy } from '../../../policy';
import type { AuthEvent } from '../../../runtime/src/auth';
import { cookiesOf } from '../../../runtime/src/auth/login/cookies/cookies';
import { makeLogin } from '../../../runtime/src/auth/login/login';
import { resolveLogin, type LoginOptions } from '../../../runtime/src/auth/login/options';
import type { AnyProvider } from '../../../runtime/src/auth/login/parts';
import { Sealer } from '../../../runtime/src/auth/login/seal';
import { newSession, type Session } from '../../../runtime/src/auth/login/session/session';
import type { Tokens } from '../../../runtime/src/auth/provider/provider';
import type { ManualClock } from '../clock';

export const LIFE_SECONDS = 900;
export const SESSION = `__Host-${policy.name}-session`;
const KEY = 'k'.repeat(32);

/** An access token as login() sees it. Its signature is none: nobody verifies it here. */
export const jwt = (claims: object): string =>
  ['{"alg":"none"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

export const tokensOf = (claims: object, more: Partial<Tokens> = {}): Tokens => ({
  ...{ accessToken: jwt(claims), refreshToken: 'refresh', lifeSeconds: LIFE_SECONDS },
  ...more,
});

export interface PersonAnswer {
  readonly status: number;
  /** The claims of the access token with which the request went on. */
  readonly token: Record<string, unknown> | undefined;
  /** The Set-Cookie lines, by the name of the cookie. */
  readonly cookies: ReadonlyMap<string, string>;
}

export interface People {
  readonly origin: string;
  readonly events: AuthEvent[];
  /** A Cookie header of a browser that is logged in since now. */
  cookieOf(tokens: Tokens, subject?: string): Promise<string>;
  sealed(session: Session): Promise<string>;
  send(method: string, path: string, cookie: string): Promise<PersonAnswer>;
  get(path: string, cookie: string): Promise<PersonAnswer>;
  /** Requests that have come in so far. */
  arrived(): number;
  stop(): Promise<void>;
}

export interface PeopleOptions extends Partial<LoginOptions> {
  readonly clock: ManualClock;
  readonly provider?: Partial<AnyProvider>;
  /** How long the app takes for an answer. @default no time */
  readonly handling?: () => Promise<unknown>;
}

const nobody = (): Promise<never> => Promise.reject(new Error('the provider is not asked for this here'));

export async function servePeople({ clock, provider, handling, ...options }: PeopleOptions): Promise<People> {
  const events: AuthEvent[] = [];
  const { policy: served = policy } = options;
  const answering: AnyProvider = {
    ...{ issuer: served.issuer, known: true, close: () => undefined },
    ...{ begin: nobody, redeem: nobody, refresh: nobody, clientCredentials: nobody },
    revoke: () => Promise.resolve(),
    endSessionUrl: () => undefined,
    ...provider,
  };
  const resolved = resolveLogin({
    policy,
    ...{ clientId: 'web', clientSecret: 'secret', encryptionKeys: [KEY] },
    redirectUri: 'http://127.0.0.1/auth/callback',
    onEvent: (event) => events.push(event),
    ...options,
  });
  const app = express();
  let arrived = 0;
  app.use((_req, _res, next) => {
    arrived += 1;
    next();
  });
  app.use(makeLogin(resolved, clock, answering));
  app.use(async (req, res) => {
    await handling?.();
    const { authorization } = req.headers;
    res.status(authorization === undefined ? 401 : 200).json({ authorization });
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sealer = new Sealer([KEY], `portcullis ${served.name} session`);
  const sealed = async (session: Session): Promise<string> => `${SESSION}=${await sealer.seal(session)}`;

  const send: People['send'] = async (method, path, cookie) => {
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    const answer = await fetch(origin + path, { method, headers, redirect: 'manual' });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    const { authorization } = (isJson ? JSON.parse(text) : {}) as { authorization?: string };
    const payload = authorization?.split('.')[1];
    const lines = answer.headers.getSetCookie();
    return {
      status: answer.status,
      token:
        payload === undefined
          ? undefined
          : (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>),
      cookies: new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line])),
    };
  };
  return {
    origin,
    events,
    sealed,
    cookieOf: (tokens, subject = 'ada') => sealed(newSession(tokens, subject, clock.wall())),
    send,
    get: (path, cookie) => send('GET', path, cookie),
    arrived: () => arrived,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Whether the answer takes the session's cookie away. */
export const isCleared = ({ cookies }: PersonAnswer): boolean =>
  (cookies.get(SESSION) ?? '').includes('=; Max-Age=0');

/** The Cookie header that a browser sends after such an answer. */
export function cookieAfter(cookie: string, { cookies }: PersonAnswer): string {
  const jar = new Map(cookiesOf({ headers: { cookie } } as never));
  for (const [name, line] of cookies) {
    if (/max-age=0;/i.test(line)) jar.delete(name);
    else jar.set(name, line.slice(line.indexOf('=') + 1, line.indexOf(';')));
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}
