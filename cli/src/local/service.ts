import { join } from 'node:path';
import { LOOPBACK, onPort } from '../engines/process/ports';
import type { Run } from '../engines/process/run';
import { Server } from './servers/server';
import { VaultClient } from '../engines/vault-client';

const CHECKOUT = join(__dirname, '../../..');

/** How a service logs in to Vault: a role, and a secret ID that nobody has seen yet. */
export interface WrappedLogin {
  readonly roleId: string;
  readonly wrappedSecretId: string;
}

/**
 * What an orchestrator does before it starts the service: with a token that may do nothing else, and that is gone
 * afterwards, it reads the role ID and mints a wrapped secret ID, good for one unwrapping within two minutes.
 */
export async function mintWrappedLogin(admin: VaultClient, roleName: string): Promise<WrappedLogin> {
  // Loaded here only: cdktf, which comes along, takes half a second.
  const { WRAPPING_SECONDS } = await import('@portcullis/constructs');
  const ttl = `${WRAPPING_SECONDS.max}s`;
  const { auth } = await admin.write('auth/token/create', {
    policies: [`${roleName}-orchestrator`],
    no_default_policy: true,
    ttl,
  });
  try {
    const orchestrator = new VaultClient(admin.address, auth?.client_token);
    const role = `auth/approle/role/${roleName}`;
    const { data } = await orchestrator.read(`${role}/role-id`);
    const { wrap_info } = await orchestrator.write(`${role}/secret-id`, {}, { 'X-Vault-Wrap-TTL': ttl });
    if (wrap_info === undefined) throw new Error('the secret ID came unwrapped');
    return { roleId: data?.role_id as string, wrappedSecretId: wrap_info.token };
  } finally {
    // By whoever made it: its own policy lets it do nothing else, and Vault has no exception for its end.
    await admin.write('auth/token/revoke-accessor', { accessor: auth?.accessor });
  }
}

export interface ServiceOptions {
  readonly login: WrappedLogin;
  readonly vaultAddress: string;
  readonly issuer: string;
  /** Makes the service known as a web app, and gives the settings that follow from it. */
  readonly webApp: (origin: string) => Promise<Record<string, string>>;
  readonly redis: { readonly host: string; readonly port: number };
  readonly database: string;
  /** @default a free loopback port */
  readonly port?: number | undefined;
  /** Told each line of the service's structured log. */
  readonly onLog: (entry: Record<string, unknown>) => void;
}

export type Service = Server & {
  readonly url: string;
  /** Where people log in. It has the name localhost, because browsers keep `__Host-` cookies over plain http for it. */
  readonly pageUrl: string;
  /** Where it shows its leases: `portcullis secrets status`. */
  readonly statusSocket: string;
};

/**
 * Starts the example API in a process of its own, and waits until it is ready.
 * @throws PortcullisError `ERR_PORT_IN_USE`, `ERR_SERVER_FAILED`
 */
export async function startService(run: Run, { port: asked, ...options }: ServiceOptions): Promise<Service> {
  const { login, vaultAddress, issuer, webApp, redis, database, onLog } = options;
  return onPort(asked, 'the API', async (port) => {
    const url = `http://${LOOPBACK}:${port}`;
    const pageUrl = `http://localhost:${port}`;
    const webSettings = await webApp(pageUrl);
    const statusSocket = join(await run.subfolder(`status-${port}`), 'socket');
    const server = await Server.start(run, {
      process: {
        name: 'api',
        command: process.execPath,
        args: ['--import', require.resolve('tsx'), join(CHECKOUT, 'example', 'main.ts')],
        cwd: CHECKOUT,
        env: {
          PATH: process.env.PATH,
          NODE_ENV: 'production',
          // Without it, no server of the user's own behind an authority of their own could be reached.
          NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS,
          HOST: LOOPBACK,
          // Clients on this machine connect to it themselves.
          TRUSTED_PROXIES: '0',
          PORT: String(port),
          VAULT_ADDR: vaultAddress,
          VAULT_ROLE_ID: login.roleId,
          VAULT_WRAPPED_SECRET_ID: login.wrappedSecretId,
          OIDC_ISSUER_URL: issuer,
          ...webSettings,
          REDIS_HOST: redis.host,
          REDIS_PORT: String(redis.port),
          DATABASE_NAME: database,
          // Room for the journey's rotation, which holds 60 queries in flight.
          DATABASE_POOL_MAX: '64',
          PORTCULLIS_STATUS_SOCKET: statusSocket,
        },
        // It finishes its requests first, then revokes what it leased.
        graceMs: 20_000,
        onLine: (line) => {
          const entry = parseEntry(line);
          if (entry) onLog(entry);
        },
      },
      answers: async () => {
        const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
        if (!response.ok) throw new Error(await response.text());
      },
    });
    return Object.assign(server, { url, pageUrl, statusSocket });
  });
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
