import { generateKeyPair, randomUUID, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ManagedProcess } from '../../engines/process/processes';
import { LOOPBACK, onPort } from '../../engines/process/ports';
import type { Run } from '../../engines/process/run';
import { randomPassword } from '../../engines/random';
import type { OidcClient, OidcPerson, OidcSettings, OidcWebClient } from './oidc/settings';
import { Server } from './server';

export type { OidcClient, OidcPerson, OidcWebClient } from './oidc/settings';

export interface OidcOptions {
  /** The `aud` of every access token: the policy's audience. */
  readonly audience: string;
  /** Every scope that the API knows. */
  readonly scopes: readonly string[];
  readonly accessTokenSeconds: number;
  /** Whether each renewal brings another refresh token. @default true */
  readonly rotatesRefreshTokens?: boolean;
  readonly clients: readonly OidcClient[];
  /** Who can sign in. @default nobody */
  readonly people?: readonly OidcPerson[];
  /** @default a free loopback port */
  readonly port?: number | undefined;
  /** Where it is reached, behind a proxy that speaks TLS: `https://auth.example.com`. @default where it listens */
  readonly issuer?: string;
}

export type OidcServer = Server & {
  readonly issuer: string;
  /** Where it listens: the issuer, unless a proxy is in front. */
  readonly address: string;
  readonly jwksUri: string;
  /** Makes a web app known; one with the same client ID is replaced. */
  register(client: OidcWebClient): Promise<void>;
  /** Signs with a new key from now on. The last one stays published, those before it are withdrawn. */
  rotateKey(): Promise<void>;
};

/**
 * Starts an OIDC provider (npm `oidc-provider`) that issues RFC 9068 access tokens, by client credentials and
 * to people who sign in. This process keeps its keys, so that a restart does not change them, and
 * sends keys and client secrets over IPC.
 * @throws PortcullisError `ERR_PORT_IN_USE`, `ERR_SERVER_FAILED`
 */
export async function startOidc(run: Run, options: OidcOptions): Promise<OidcServer> {
  const { port: asked, people = [], ...rest } = options;
  const signingKeys = [await generateSigningKey()];
  const dataFile = join(await run.subfolder(`oidc-${randomUUID()}`), 'data.json');
  return onPort(asked, 'the OIDC provider', async (port) => {
    const address = `http://${LOOPBACK}:${port}`;
    const { issuer = address } = options;
    let settings: OidcSettings = {
      ...rest,
      ...{ issuer, host: LOOPBACK, port, people, webClients: [], signingKeys, dataFile },
      cookieKey: randomPassword(),
    };
    const tell = async ({ child }: ManagedProcess): Promise<void> => {
      child.send(settings);
      const [problem] = (await once(child, 'message')) as [string | null];
      if (problem !== null) throw new Error(problem);
    };
    const server = await Server.start(run, {
      process: {
        name: 'oidc',
        command: process.execPath,
        args: ['--import', require.resolve('tsx'), join(__dirname, 'oidc', `main${extname(__filename)}`)],
        env: { PATH: process.env.PATH, NODE_ENV: 'production' },
        ipc: true,
      },
      answers: tell,
    });
    const change = async (changed: Partial<OidcSettings>): Promise<void> => {
      settings = { ...settings, ...changed };
      // A stopped server is told at its next start.
      if (server.running) await server.process.whileRunning(tell(server.process));
    };
    return Object.assign(server, {
      issuer,
      address,
      jwksUri: `${issuer}/jwks`,
      register: (client: OidcWebClient) => {
        const others = settings.webClients.filter(({ clientId }) => clientId !== client.clientId);
        return change({ webClients: [...others, client] });
      },
      rotateKey: async () =>
        change({ signingKeys: [await generateSigningKey(), ...settings.signingKeys.slice(0, 1)] }),
    });
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
    // It could take the secret elsewhere.
    redirect: 'error',
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
  return { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: randomUUID() };
}
