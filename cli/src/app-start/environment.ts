/** Real servers for one app, on loopback and without Docker, with the stacks of its repository deployed. */
import type { Project } from '../config/load-config';
import { EngineFinder } from '../engines/engine-finder';
import { choosePort } from '../engines/process/ports';
import { Run } from '../engines/process/run';
import type { Warden } from '../engines/process/warden';
import type { Progress } from '../engines/progress';
import { VaultClient, VaultError } from '../engines/vault-client';
import { whenAborted } from '../engines/when-aborted';
import { PortcullisError } from '../errors';
import { startOpenBao } from '../local/servers/openbao';
import { startPostgres } from '../local/servers/postgres';
import { redisCommand, startRedis } from '../local/servers/redis';
import { offerSandbox } from '../sandbox/offer-sandbox';
import { VAULT_TOKEN_LIFE } from '../sandbox/sandbox';
import { sweepRedis } from '../secrets/sweep/sweep-redis';
import type { App } from '../workspace/find-app';
import { databaseNames, makeDatabase } from './database';
import { deployStacks } from './deploy';
import { startIdentity } from './identity';

export interface AppEnvironment {
  /** What the app is told, as environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Its own address, if it listens where PORT says. */
  readonly url: string;
  readonly stacks: readonly string[];
  /** Ends what it watches, the servers too, should this process be killed. */
  readonly warden: Warden;
  stop(): Promise<void>;
}

export interface AppEnvironmentOptions {
  readonly project: Project;
  readonly app: App;
  /** Whose stacks are deployed. */
  readonly environment: string;
  /** The AppRole that the app logs in with. */
  readonly role: string;
  /** SQL that makes the app's tables. */
  readonly sqlFiles: readonly string[];
  readonly port?: number;
  readonly progress: Progress;
  /** Ends the start at once. */
  readonly signal: AbortSignal;
}

/** A wrapped secret ID lives that long at most: constructs allow no more. */
const WRAPPED_FOR = '120s';

/** @throws PortcullisError; the signal's reason. Whatever was started is stopped then. */
export async function startAppEnvironment(options: AppEnvironmentOptions): Promise<AppEnvironment> {
  const run = await Run.open();
  try {
    return await Promise.race([assemble(run, options), whenAborted(options.signal)]);
  } catch (error) {
    await run.close();
    throw error;
  }
}

async function assemble(run: Run, options: AppEnvironmentOptions): Promise<AppEnvironment> {
  const { project, app, environment, role, progress } = options;
  const { policy, vault: names } = project.config;
  const port = await choosePort(options.port, 'the app');
  const database = databaseNames(policy.name);
  const { vaultUser } = database;
  const engines = new EngineFinder(run, progress);
  const [deployer, vault, postgres, redis, identity] = await Promise.all([
    engines.deployer(),
    engines.openBao().then((binary) => progress.step('OpenBao', () => startOpenBao(run, { binary }))),
    progress.step('PostgreSQL', async () => {
      const { host, port, adminUrl } = await startPostgres(run);
      return { host, port, password: await makeDatabase(adminUrl, database, options.sqlFiles) };
    }),
    engines.redis().then((binary) => progress.step('Redis', () => startRedis(run, { binary, vaultUser }))),
    progress.step('OIDC provider', () => startIdentity(run, policy)),
  ]);
  const admin = new VaultClient(vault.address, vault.rootToken);
  const deployed = await progress.step(`Stacks of ${environment}`, (note) =>
    deployStacks(
      run,
      {
        ...{ app, environment, deployer, vaultToken: vault.rootToken },
        addresses: {
          VAULT_ADDR: vault.address,
          PORTCULLIS_DATABASE_URL: `postgres://${postgres.host}:${postgres.port}/${database.database}`,
          PORTCULLIS_REDIS_URL: `redis://${redis.host}:${redis.port}`,
          PORTCULLIS_VAULT_USER: vaultUser,
        },
        secrets: {
          postgres_admin_password: postgres.password,
          redis_bootstrap_password: redis.bootstrapPassword,
        },
      },
      note,
    ),
  );
  // A restart would bring the password back that Vault has replaced.
  await sweepRedis(admin, (command) => redisCommand(redis.adminUrl, command), {
    mounts: [names.database],
    save: true,
  });
  const statusSocket = `${await run.subfolder('status')}/socket`;
  const variables = {
    PORT: String(port),
    VAULT_ADDR: vault.address,
    ...(await login(admin, role)),
    ...{ PGHOST: postgres.host, PGPORT: String(postgres.port), PGDATABASE: database.database },
    ...{ REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) },
    OIDC_ISSUER_URL: identity.server.issuer,
    PORTCULLIS_STATUS_SOCKET: statusSocket,
  };
  const vaultToken = async (): Promise<string> =>
    (await admin.write('auth/token/create', { ttl: VAULT_TOKEN_LIFE })).auth?.client_token ?? '';
  const withdraw = await offerSandbox(
    run,
    {
      ...{ folder: project.folder, environment, statusSocket, issuer: identity.server.issuer },
      ...{ vaultAddress: vault.address, redis: { host: redis.host, port: redis.port } },
      clients: identity.clients.map(({ clientId, tier }) => ({ clientId, tier })),
    },
    {
      client: (clientId) => Promise.resolve(identity.clients.find((one) => one.clientId === clientId)),
      vaultToken,
      stackVariables: async () => ({ ...deployed.variables, VAULT_TOKEN: await vaultToken() }),
    },
  );
  return {
    variables,
    url: `http://127.0.0.1:${port}`,
    stacks: deployed.stacks,
    warden: run.warden,
    stop: async () => {
      withdraw?.();
      await run.close();
    },
  };
}

/** A role ID, and a secret ID that nobody has seen. @throws PortcullisError `ERR_SETTING` where the stacks made no such role. */
async function login(admin: VaultClient, role: string): Promise<Record<string, string>> {
  const path = `auth/approle/role/${role}`;
  try {
    const { data } = await admin.read(`${path}/role-id`);
    const { wrap_info: wrapped } = await admin.write(
      `${path}/secret-id`,
      {},
      { 'X-Vault-Wrap-TTL': WRAPPED_FOR },
    );
    return { VAULT_ROLE_ID: String(data?.role_id), VAULT_WRAPPED_SECRET_ID: wrapped?.token ?? '' };
  } catch (cause) {
    if (!(cause instanceof VaultError)) throw cause;
    throw new PortcullisError(
      'ERR_SETTING',
      `the stacks made no AppRole ${JSON.stringify(role)} at auth/approle`,
      "make one with AppRoleLogin, or name the app's by --role",
      { cause },
    );
  }
}
