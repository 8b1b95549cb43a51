/** A real Ory Hydra on PostgreSQL, with its login app, as `docs/providers/hydra.md` says to set it up. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EngineCache } from '../../../cli/src/engines/install/cache';
import { LOOPBACK, onPort } from '../../../cli/src/engines/process/ports';
import type { Run } from '../../../cli/src/engines/process/run';
import { randomPassword } from '../../../cli/src/engines/random';
import { startPostgres } from '../../../cli/src/local/servers/postgres';
import { Server } from '../../../cli/src/local/servers/server';
import { findHydra } from '../programs/hydra';
import { hydraLogin, type HydraPerson } from './hydra-login';

export interface Hydra {
  readonly issuer: string;
  readonly server: Server;
  /** Calls the admin API, and gives its answer. */
  admin(method: string, path: string, body?: unknown): Promise<unknown>;
  stop(): void;
}

export interface HydraSettings {
  readonly people: Readonly<Record<string, HydraPerson>>;
  readonly accessTokenSeconds: number;
}

export async function startHydra(run: Run, settings: HydraSettings): Promise<Hydra> {
  const binary = await findHydra({ run, cache: new EngineCache(), note: () => undefined });
  const { adminUrl: database } = await startPostgres(run);
  let adminUrl = '';
  const pages = createServer(hydraLogin({ adminUrl: () => adminUrl, people: settings.people }));
  pages.listen(0, LOOPBACK);
  await once(pages, 'listening');
  const loginUrl = `http://${LOOPBACK}:${(pages.address() as AddressInfo).port}`;

  const environment = {
    PATH: process.env.PATH,
    DSN: `${database}?sslmode=disable`,
    SECRETS_SYSTEM: randomPassword(),
    // Its maker gets no telemetry of tests.
    SQA_OPT_OUT: 'true',
  };
  await run.complete(
    { name: 'hydra-migrate', command: binary, args: ['migrate', 'sql', '-e', '--yes'], env: environment },
    { code: 'ERR_SERVER_FAILED', remedy: 'read what Hydra says about its database' },
  );
  const server = await onPort(undefined, 'Hydra', (port) =>
    onPort(undefined, 'Hydra’s admin API', async (adminPort) => {
      const issuer = `http://${LOOPBACK}:${port}`;
      adminUrl = `http://${LOOPBACK}:${adminPort}`;
      const started = await Server.start(run, {
        process: {
          name: 'hydra',
          command: binary,
          // Plain http, on loopback.
          args: ['serve', 'all', '--dev'],
          env: {
            ...environment,
            ...{ SERVE_PUBLIC_HOST: LOOPBACK, SERVE_PUBLIC_PORT: String(port) },
            ...{ SERVE_ADMIN_HOST: LOOPBACK, SERVE_ADMIN_PORT: String(adminPort) },
            ...{ URLS_SELF_ISSUER: issuer, URLS_LOGIN: `${loginUrl}/login` },
            ...{ URLS_CONSENT: `${loginUrl}/consent`, URLS_LOGOUT: `${loginUrl}/logout` },
            STRATEGIES_ACCESS_TOKEN: 'jwt',
            TTL_ACCESS_TOKEN: `${settings.accessTokenSeconds}s`,
          },
        },
        answers: async () => {
          const { ok } = await fetch(`${issuer}/health/ready`);
          if (!ok) throw new Error('not yet');
        },
        startWithinMs: 120_000,
      });
      return Object.assign(started, { issuer });
    }),
  );
  const admin: Hydra['admin'] = async (method, path, body) => {
    const answer = await fetch(`${adminUrl}/admin/${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
  for (const name of KEY_SETS) await admin('PUT', `keys/${name}`, { keys: [newKey()] });
  return {
    ...{ issuer: server.issuer, server, admin },
    stop: () => {
      pages.closeAllConnections();
      pages.close();
    },
  };
}

const KEY_SETS = ['hydra.openid.id-token', 'hydra.jwt.access-token'];

/** Of 2,048 bits: the first who asks Hydra for its own keys, of 4,096, waits longer for them than a client does. */
function newKey(): object {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}
