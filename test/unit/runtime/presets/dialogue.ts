/** One dialogue of a login with a double of a provider: what it is asked, and what becomes of its answer. */
import express from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { policy } from '../../../../policy';
import type { AuthEvent } from '../../../../runtime/src/auth';
import { makeLogin } from '../../../../runtime/src/auth/login/login';
import { resolveLogin, type LoginOptions } from '../../../../runtime/src/auth/login/options';
import { manualClock } from '../../../support/clock';
import { ProviderDouble, type DocumentedProvider } from '../../../support/providers/double';
import { Person } from '../../../support/providers/person';

export interface Dialogue {
  readonly double: ProviderDouble;
  readonly events: AuthEvent[];
  readonly origin: string;
  readonly person: Person;
  /** The access token with which a request goes on. */
  token(): Promise<string | undefined>;
  /** Logs out. @returns where the browser stands afterwards. */
  logOut(): Promise<{ url: string; status: number }>;
  /** Moves the app's clock on. */
  later(seconds: number): void;
  stop(): Promise<void>;
}

/** A browser asks for a login, and goes where it is led. */
export async function logIn(
  documented: DocumentedProvider,
  options: Partial<LoginOptions>,
): Promise<Dialogue> {
  const clientId = 'web';
  const double = new ProviderDouble(documented, clientId);
  const real = fetch;
  const spy = jest.spyOn(globalThis, 'fetch').mockImplementation(double.answering(real));
  const app = express();
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const events: AuthEvent[] = [];
  const clock = manualClock(Date.now());
  const login = makeLogin(
    resolveLogin({
      policy,
      ...{ clientId, redirectUri: `${origin}/auth/callback`, encryptionKeys: ['k'.repeat(32)] },
      ...(options.clientAuthentication === undefined && options.privateKey === undefined
        ? { clientSecret: 'secret' }
        : {}),
      onEvent: (event) => events.push(event),
      ...options,
    }),
    clock,
  );
  app.use(login, (req, res) => void res.json(req.headers.authorization ?? null));

  const person = new Person();
  await person.visit(`${origin}/auth/login?returnTo=/`);
  return {
    ...{ double, events, origin, person },
    token: async () => {
      const { text } = await person.visit(`${origin}/api/me`);
      return (JSON.parse(text) as string | null)?.replace(/^Bearer /, '');
    },
    logOut: async () => person.visit(await person.send(`${origin}/auth/logout`)),
    later: (seconds) => clock.freeze(seconds * 1_000),
    stop: async () => {
      login.close();
      spy.mockRestore();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
