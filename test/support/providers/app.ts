/** An app at a real provider: people come by login(), services with tokens. Both are told who they are. */
import express from 'express';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Preset } from '@portcullis/runtime/presets';
import { policy } from '../../../policy';
import {
  backChannelLogout,
  clientCredentials,
  requireAuth,
  type AuthEvent,
  type AuthOptions,
  type RevocationList,
} from '../../../runtime/src/auth';
import { makeLogin } from '../../../runtime/src/auth/login/login';
import { resolveLogin, type LoginOptions } from '../../../runtime/src/auth/login/options';
import { systemClock } from '../../../runtime/src/time/clock';
import type { Person } from './person';

export interface Answer {
  readonly status: number;
  /** What `req.auth` is, or the refusal. */
  readonly caller: {
    readonly subject?: string;
    readonly organisation?: string;
    readonly tier?: string;
    readonly scopes?: string[];
    readonly clientId?: string;
    readonly claims?: Readonly<Record<string, unknown>>;
  };
}

export interface ProviderAppOptions {
  readonly clientSecret: string;
  readonly login?: Partial<LoginOptions>;
  readonly verify?: Partial<AuthOptions>;
  /** With them, the app takes the provider's logout tokens. */
  readonly revocations?: RevocationList;
  /** The app's origin, where this is another instance of it. @default its own */
  readonly at?: string;
}

/** Listens first, so that the provider can be told where it is, and is the provider's app from {@link serve} on. */
export class ProviderApp {
  readonly #app = express();
  readonly #server: Server = createServer(this.#app);
  readonly #toClose: { close(): void }[] = [];
  #identity: Preset | undefined;
  #shiftMs = 0;
  readonly events: AuthEvent[] = [];

  static async open(): Promise<ProviderApp> {
    const app = new ProviderApp();
    app.#server.listen(0, '127.0.0.1');
    await once(app.#server, 'listening');
    return app;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Why tokens were refused. */
  get refusals(): readonly string[] {
    return this.events.flatMap((event) => (event.type === 'token_refused' ? [event.reason] : []));
  }

  serve(identity: Preset, options: ProviderAppOptions): void {
    const { clientSecret, revocations, at = this.origin } = options;
    this.#identity = identity;
    const onEvent = (event: AuthEvent): void => void this.events.push(event);
    const followed = revocations && { revocations };
    const clock = {
      ...systemClock,
      wall: () => systemClock.wall() + this.#shiftMs,
      monotonic: () => systemClock.monotonic() + this.#shiftMs,
    };
    const people = makeLogin(
      resolveLogin({
        policy,
        ...identity.login,
        ...{ clientId: 'web', clientSecret, redirectUri: `${at}/auth/callback` },
        encryptionKeys: ['k'.repeat(32)],
        ...{ ...followed, onEvent },
        ...options.login,
      }),
      clock,
    );
    const auth = requireAuth({ policy, ...identity.verify, ...followed, onEvent, ...options.verify });
    this.#toClose.push(people, auth);
    if (revocations) {
      const { issuer } = identity.login;
      const logout = backChannelLogout({ revocations, issuer, clientId: 'web' });
      this.#toClose.push(logout);
      this.#app.post('/auth/backchannel-logout', logout);
    }
    this.#app.use(people, auth, (req, res) => void res.json(req.auth));
  }

  /** Moves the login's clock on: tokens are then due to be renewed. */
  later(seconds: number): void {
    this.#shiftMs += seconds * 1_000;
  }

  async withToken(token: string, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(`${this.origin}/api/me`, {
      headers: { Authorization: `Bearer ${token}`, ...headers },
    });
    return { status: answer.status, caller: (await answer.json()) as Answer['caller'] };
  }

  /** Who the API says a person at a browser is. */
  async me(person: Person): Promise<Answer> {
    const { status, text } = await person.visit(`${this.origin}/api/me`);
    return { status, caller: JSON.parse(text) as Answer['caller'] };
  }

  /** A token of a service's own. */
  async tokenOf(options: Omit<Parameters<typeof clientCredentials>[0], 'issuer'>): Promise<string> {
    if (this.#identity === undefined) throw new Error('it is no provider’s app yet');
    const source = clientCredentials({ ...this.#identity.client, ...options });
    try {
      return await source.token();
    } finally {
      source.close();
    }
  }

  close(): void {
    for (const part of this.#toClose) part.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A part of a token, as it came. */
export const partOf = (token: string, part: 'header' | 'claims'): Record<string, unknown> =>
  JSON.parse(
    Buffer.from(token.split('.')[part === 'header' ? 0 : 1] ?? '', 'base64url').toString(),
  ) as Record<string, unknown>;
