import { randomBytes } from 'node:crypto';
import { policy } from '../../../policy';
import { EngineFinder } from '../engines/engine-finder';
import { Deployment, saveRedisUsers } from './deploy';
import { givenPostgres, givenRedis, givenVault } from './given';
import { givenIdentity, startIdentity, type Identity } from './identity';
import { silent, type Note, type Progress } from '../engines/progress';
import { Run } from '../engines/process/run';
import { randomPassword } from '../engines/random';
import { databaseUrl, seedPostgres } from './seed';
import { startOpenBao, type VaultAdmin } from './servers/openbao';
import { startPostgres, type PostgresAdmin } from './servers/postgres';
import { startRedis, type RedisAdmin } from './servers/redis';
import { VaultClient } from '../engines/vault-client';
import { mintWrappedLogin, startService, type Service } from './service';

const DATABASE = 'fintech';

/** How long the servers get to answer is theirs to say; this is what the whole environment is made of. */
export interface LocalEnvironment {
  readonly run: Run;
  readonly identity: Identity;
  readonly vault: VaultAdmin;
  readonly postgres: PostgresAdmin & { readonly databaseUrl: string };
  readonly redis: RedisAdmin;
  /** What would change if everything were deployed once more, one line each. */
  pendingChanges(): Promise<readonly string[]>;
  /** Mints a wrapped secret ID and starts the example API with it. */
  serve(options?: { port?: number; onLog?: (entry: Record<string, unknown>) => void }): Promise<Service>;
  /** Stops everything in order and removes the run's folder. */
  stop(): Promise<void>;
}

export interface EnvironmentOptions {
  readonly progress?: Progress;
  /** Names servers of the user's own: VAULT_ADDR, DATABASE_URL, REDIS_URL, OIDC_ISSUER_URL. */
  readonly env?: NodeJS.ProcessEnv;
  /** Told of the run at once, so that an interrupted start can be ended. */
  readonly onRun?: (run: Run) => void;
}

/**
 * Starts the servers, deploys every stack of the environment `local`, and is then ready to serve. What was
 * started before something fails is stopped again.
 * @throws PortcullisError
 */
export async function startEnvironment(options: EnvironmentOptions = {}): Promise<LocalEnvironment> {
  const { progress = silent, env = process.env, onRun } = options;
  const run = await Run.open();
  onRun?.(run);
  try {
    return await assemble(run, progress, env);
  } catch (error) {
    await run.close();
    throw error;
  }
}

async function assemble(run: Run, progress: Progress, env: NodeJS.ProcessEnv): Promise<LocalEnvironment> {
  const engines = new EngineFinder(run, progress);
  const step = <T>(title: string, work: (note: Note) => Promise<T>): Promise<T> => progress.step(title, work);

  // Servers of the user's own first: a wrong address shows at once, before anything is built or started.
  const given = {
    vault: env.VAULT_ADDR ? await givenVault(env.VAULT_ADDR, env.VAULT_TOKEN) : undefined,
    postgres: env.DATABASE_URL ? await givenPostgres(env.DATABASE_URL) : undefined,
    redis: env.REDIS_URL ? await givenRedis(env.REDIS_URL) : undefined,
    identity: env.OIDC_ISSUER_URL ? await givenIdentity(env.OIDC_ISSUER_URL, env) : undefined,
  };
  const [deployer, vault, postgres, redis, identity] = await Promise.all([
    engines.deployer(),
    given.vault ?? engines.openBao().then((binary) => step('OpenBao', () => startOpenBao(run, { binary }))),
    step('PostgreSQL', async () => {
      const admin = given.postgres ?? (await startPostgres(run));
      return { ...admin, vaultPassword: await seedPostgres(admin.adminUrl, DATABASE) };
    }),
    given.redis ?? engines.redis().then((binary) => step('Redis', () => startRedis(run, { binary }))),
    given.identity ?? step('OIDC provider', () => startIdentity(run)),
  ]);

  const clientSecret = identity.clientSecret ?? randomPassword();
  const vaultClient = new VaultClient(vault.address, vault.rootToken);
  const deployment = new Deployment(run, {
    ...deployer,
    vault: { address: vault.address, token: vault.rootToken },
    postgres: { host: postgres.host, port: postgres.port, database: DATABASE },
    redis,
    stateFolder: await run.subfolder('state'),
    statePassphrase: randomPassword(),
  });
  await step('cdktf deploy', (note) =>
    deployment.deploy(
      {
        fintech_api_config: apiConfig(postgres, clientSecret),
        postgres_admin_password: postgres.vaultPassword,
        redis_bootstrap_password: redis.bootstrapPassword,
      },
      note,
    ),
  );
  await step('Redis keeps its rotated password', () => saveRedisUsers(vaultClient, redis));

  return {
    run,
    identity,
    vault,
    postgres: { ...postgres, databaseUrl: databaseUrl(postgres.adminUrl, DATABASE) },
    redis,
    pendingChanges: () => deployment.pendingChanges(),
    serve: ({ port, onLog = () => undefined } = {}) =>
      step('Example API', async () =>
        startService(run, {
          login: await mintWrappedLogin(vaultClient, policy.name),
          vaultAddress: vault.address,
          issuer: identity.issuer,
          webApp: (origin) => identity.webApp(origin, clientSecret),
          redis,
          database: DATABASE,
          port,
          onLog,
        }),
      ),
    stop: async () => {
      // A Vault of the user's own outlives the run: it gets back what it was before.
      if (env.VAULT_ADDR) await deployment.destroy();
      await run.close();
    },
  };
}

/** What the example reads from Vault's KV entry. Made anew for each run; nobody but Vault keeps it. */
function apiConfig({ host, port }: PostgresAdmin, clientSecret: string): Record<string, string> {
  const key = (): string => randomBytes(32).toString('base64url');
  return {
    oauth_client_secret: clientSecret,
    jwt_signing_key: key(),
    encryption_key: key(),
    db_host: host,
    db_port: String(port),
  };
}
