import { generateKeyPair, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LOOPBACK, onPort } from '../ports';
import type { Run } from '../run';
import { Server } from './server';
import type { OidcClient, OidcSettings } from './oidc/settings';

export type { OidcClient } from './oidc/settings';

export interface OidcOptions {
  /** The `aud` of every access token: the policy's audience. */
  readonly audience: string;
  /** Every scope that the API knows. */
  readonly scopes: readonly string[];
  readonly accessTokenSeconds: number;
  readonly clients: readonly OidcClient[];
  /** Default: a free loopback port. */
  readonly port?: number | undefined;
}

export type OidcServer = Server & {
  readonly issuer: string;
  readonly jwksUri: string;
};

/**
 * Starts an OIDC provider (npm `oidc-provider`) that issues RFC 9068 access tokens by client credentials.
 * Its signing key is ours, so that a restart keeps it; keys and client secrets go over IPC.
 * @throws LocalError `port_in_use`, `server_failed`
 */
export async function startOidc(run: Run, { port: asked, ...options }: OidcOptions): Promise<OidcServer> {
  const signingKey = await generateSigningKey();
  return onPort(asked, 'the OIDC provider', async (port) => {
    const issuer = `http://${LOOPBACK}:${port}`;
    const settings: OidcSettings = { ...options, issuer, host: LOOPBACK, port, signingKey };
    const server = await Server.start(run, {
      process: {
        name: 'oidc',
        command: process.execPath,
        args: ['--import', require.resolve('tsx'), join(__dirname, 'oidc', 'main.ts')],
        env: { PATH: process.env.PATH, NODE_ENV: 'production' },
        ipc: true,
      },
      answers: async ({ child }) => {
        child.send(settings);
        const [problem] = (await once(child, 'message')) as [string | null];
        if (problem !== null) throw new Error(problem);
      },
    });
    return Object.assign(server, { issuer, jwksUri: `${issuer}/jwks` });
  });
}

/** An access token by client credentials (RFC 6749 §4.4), for the scopes named. */
export async function requestToken(
  tokenEndpoint: string,
  client: Pick<OidcClient, 'clientId' | 'clientSecret'>,
  audience: string,
  scopes: readonly string[],
): Promise<string> {
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    headers: {
      Authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      resource: audience,
      ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json()) as {
    access_token?: string;
    error?: string;
    error_description?: string;
  };
  if (answer.access_token === undefined) {
    throw new Error(
      `no token for ${client.clientId}: ${answer.error ?? ''} ${answer.error_description ?? ''}`,
    );
  }
  return answer.access_token;
}

async function generateSigningKey(): Promise<JsonWebKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'local-1' };
}
