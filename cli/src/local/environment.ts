import { randomBytes } from 'node:crypto';
import { policy } from '../../../policy';
import { EngineFinder, type Deployer } from '../engines/engine-finder';
import { explainDiskError, requireSpace } from '../engines/disk';
import { silent, type Note, type Progress } from '../engines/progress';
import { Run } from '../engines/process/run';
import { randomPassword } from '../engines/random';
import { VaultClient } from '../engines/vault-client';
import { whenAborted } from '../engines/when-aborted';
import { PortcullisError } from '../errors';
import { Deployment, readFootprint, saveRedisUsers } from './deploy';
import { giveBack } from './given/give-back';
import { addressOf, agree, changesAny, inspectServers, type Confirm } from './given/inspect';
import type { GivenServers } from './given/options';
import { ChangeRecord } from './given/record';
import { addVaultUser } from './given/redis';
import type { VaultFootprint } from './given/footprint';
import { givenIdentity, startIdentity, type Identity } from './identity';
import { databaseUrl } from './postgres-admin';
import { markOf, seedPostgres } from './seed';
import { startOpenBao, type VaultAdmin } from './servers/openbao';
import { startPostgres, type PostgresAdmin } from './servers/postgres';
import { startRedis, type RedisAdmin } from './servers/redis';
import { mintWrappedLogin, startService, type Service } from './service';

const DATABASE = 'fintech';

/** Data, logs and, at times, a copy of PostgreSQL's binaries. */
const SPACE_BYTES = 250_000_000;

/** Keycloak's distribution, which is copied, and its database. */
const KEYCLOAK_SPACE_BYTES = 500_000_000;

/** What the whole environment is made of. */
export interface LocalEnvironment {
  readonly run: Run;
  readonly identity: Identity;
  readonly vault: VaultAdmin;
  readonly postgres: PostgresAdmin & { readonly databaseUrl: string };
  readonly redis: RedisAdmin;
  /** Vault's own user in PostgreSQL and Redis, named anew in each installation. */
  readonly vaultUser: string;
  /** What would change if everything were deployed once more, one line each. */
  pendingChanges(): Promise<readonly string[]>;
  /** Mints a wrapped secret ID and starts the example API with it. */
  serve(options?: { port?: number; onLog?: (entry: Record<string, unknown>) => void }): Promise<Service>;
  /**
   * Stops everything in order, gives servers of the user's own back, and removes the run's folder.
   * @throws PortcullisError `ERR_GIVE_BACK`
   */
  stop(): Promise<void>;
}

export interface EnvironmentOptions {
  readonly progress?: Progress;
  /** Servers of the user's own. @default none */
  readonly given?: GivenServers;
  /** The identity provider to start. @default a small one, which needs no Java */
  readonly identity?: 'keycloak';
  /** Asked before any of these is changed. @default nobody agrees */
  readonly confirm?: Confirm;
  /** Ends the start: at once, or, where a server of the user's own is being changed, once it is given back. */
  readonly signal?: AbortSignal;
  /** Told of the run at once. */
  readonly onRun?: (run: Run) => void;
}

/**
 * Starts the servers, deploys every stack of the environment `local`, and is then ready to serve. What was
 * started before something fails is stopped again, what was changed is given back.
 * @throws PortcullisError; the signal's reason
 */
export async function startEnvironment(options: EnvironmentOptions = {}): Promise<LocalEnvironment> {
  await requireSpace(SPACE_BYTES + (options.identity === 'keycloak' ? KEYCLOAK_SPACE_BYTES : 0));
  const run = await Run.open();
  options.onRun?.(run);
  const { signal = new AbortController().signal } = options;
  const start = new Start(run, options);
  const interrupted = whenAborted(signal, () => !start.isChanging);
  try {
    signal.throwIfAborted();
    return await Promise.race([start.assemble(), interrupted]);
  } catch (cause) {
    const error = await explainDiskError(cause);
    await start.undo(error);
    throw error;
  }
}

/** One start, and what it has to undo when it ends. */
class Start {
  private readonly id = randomBytes(6).toString('hex');
  private readonly vaultUser = `vault_admin_${this.id}`;
  private readonly seed = { database: DATABASE, vaultUser: this.vaultUser, mark: markOf(this.id) };
  private readonly services: Service[] = [];
  private changing: { record: ChangeRecord; vault: VaultClient; deployment: Deployment } | undefined;
  /** Ends every step that is still at work when the start ends: some wait for what will never come. */
  private readonly ending = new AbortController();
  private readonly ended = whenAborted(this.ending.signal);
  isChanging = false;

  constructor(
    private readonly run: Run,
    private readonly options: EnvironmentOptions,
  ) {}

  async assemble(): Promise<LocalEnvironment> {
    const { run, seed, vaultUser } = this;
    const { given = {}, signal, confirm } = this.options;
    const step = this.step.bind(this);

    // Servers of the user's own first: what is wrong with them shows before anything is built or started.
    const footprint = changesAny(given) ? await readFootprint(run) : undefined;
    const knownIdentity = given.identity && (await givenIdentity(given.identity));
    if (footprint) await agree(given, { footprint, seed, confirm });

    const engines = new EngineFinder(run, { step });
    const [deployer, vault, postgres, redis, identity] = await Promise.all([
      engines.deployer(),
      given.vault
        ? { address: given.vault.address, rootToken: given.vault.token }
        : engines.openBao().then((binary) => step('OpenBao', () => startOpenBao(run, { binary }))),
      given.databaseUrl === undefined
        ? step('PostgreSQL', async () => {
            const { host, port, adminUrl } = await startPostgres(run);
            return { host, port, adminUrl, vaultPassword: await seedPostgres(adminUrl, seed) };
          })
        : { ...postgresAt(given.databaseUrl), vaultPassword: undefined },
      given.redisUrl === undefined
        ? engines.redis().then((binary) => step('Redis', () => startRedis(run, { binary, vaultUser })))
        : redisAt(given.redisUrl),
      knownIdentity ?? this.startIdentity(engines),
    ]);
    signal?.throwIfAborted();

    // The engines may have taken minutes, in which somebody else, or a second start, may have changed them.
    if (footprint) await inspectServers(given, { footprint, seed });
    const vaultClient = new VaultClient(vault.address, vault.rootToken);
    const deployment = await this.prepare(footprint, deployer, { vault, postgres, redis }, vaultClient);
    const clientSecret = identity.clientSecret ?? randomPassword();
    const vaultPassword = postgres.vaultPassword ?? (await seedPostgres(postgres.adminUrl, seed));
    signal?.throwIfAborted();
    if (given.redisUrl !== undefined) await addVaultUser(redis.adminUrl, vaultUser, redis.bootstrapPassword);
    await step('cdktf deploy', (note) =>
      deployment.deploy(
        {
          fintech_api_config: apiConfig(postgres, clientSecret),
          postgres_admin_password: vaultPassword,
          redis_bootstrap_password: redis.bootstrapPassword,
        },
        note,
      ),
    );
    signal?.throwIfAborted();
    // A Redis of the user's own keeps its file of users as it is.
    if (given.redisUrl === undefined) {
      await step('Redis keeps its rotated password', () => saveRedisUsers(vaultClient, redis));
    }

    return {
      run,
      identity,
      vault,
      postgres: {
        host: postgres.host,
        port: postgres.port,
        adminUrl: postgres.adminUrl,
        databaseUrl: databaseUrl(postgres.adminUrl, DATABASE),
      },
      redis,
      vaultUser,
      pendingChanges: async () => [
        ...(await deployment.pendingChanges()),
        ...((await identity.pendingChanges?.()) ?? []),
      ],
      serve: ({ port, onLog = () => undefined } = {}) =>
        step('Example API', async () => {
          const service = await startService(run, {
            login: await mintWrappedLogin(vaultClient, policy.name),
            vaultAddress: vault.address,
            issuer: identity.issuer,
            webApp: (origin) => identity.webApp(origin, clientSecret),
            redis,
            database: DATABASE,
            port,
            onLog,
          });
          this.services.push(service);
          return service;
        }),
      stop: () => this.stop(),
    };
  }

  private async startIdentity(engines: EngineFinder): Promise<Identity> {
    const { run } = this;
    if (this.options.identity === undefined) return this.step('OIDC provider', () => startIdentity(run));
    const distribution = await engines.keycloak();
    // Loaded here only: what describes its realm takes half a second.
    const { startKeycloakIdentity } = await import('./keycloak-identity.js');
    return this.step('Keycloak', () => startKeycloakIdentity(run, distribution));
  }

  /** Undoes what a start has done that failed with `error`, or was interrupted. */
  async undo(error: unknown): Promise<void> {
    try {
      await this.stop();
    } catch (left) {
      if (!(left instanceof PortcullisError) || !(error instanceof PortcullisError)) throw left;
      const problem = `${error.problem}\n  → ${error.remedy}\nand ${left.problem}`;
      throw new PortcullisError(left.code, problem, left.remedy, { cause: error });
    }
  }

  private async stop(): Promise<void> {
    const { changing } = this;
    this.changing = undefined;
    this.ending.abort();
    try {
      if (changing === undefined) return;
      for (const service of this.services) await service.stop();
      const { record, vault, deployment } = changing;
      const { given = {} } = this.options;
      await this.progress.step('Giving your servers back', () =>
        giveBack({ record, given, vault, destroy: () => deployment.destroy() }),
      );
    } finally {
      await this.run.close();
    }
  }

  /** The deployment. Where it changes a server of the user's own, that is recorded first. */
  private async prepare(
    footprint: VaultFootprint | undefined,
    deployer: Deployer,
    { vault, postgres, redis }: { vault: VaultAdmin; postgres: PostgresAdmin; redis: RedisAdmin },
    vaultClient: VaultClient,
  ): Promise<Deployment> {
    const { run, id, vaultUser } = this;
    const { given = {} } = this.options;
    const statePassphrase = randomPassword();
    this.isChanging = footprint !== undefined;
    const record =
      footprint &&
      (await ChangeRecord.create({
        id,
        startedAt: Math.floor(Date.now() / 1_000),
        database: DATABASE,
        vaultUser,
        footprint,
        ...(given.vault && { vault: addressOf(given.vault.address) }),
        ...(given.databaseUrl !== undefined && { postgres: addressOf(given.databaseUrl) }),
        ...(given.redisUrl !== undefined && { redis: addressOf(given.redisUrl) }),
        statePassphrase,
      }));
    const deployment = new Deployment(run, {
      ...deployer,
      vault: { address: vault.address, token: vault.rootToken },
      postgres: { host: postgres.host, port: postgres.port, database: DATABASE },
      redis,
      vaultUser,
      stateFolder: record?.stateFolder ?? (await run.subfolder('state')),
      statePassphrase,
    });
    if (record) this.changing = { record, vault: vaultClient, deployment };
    return deployment;
  }

  private get progress(): Progress {
    return this.options.progress ?? silent;
  }

  private step<T>(title: string, work: (note: Note) => Promise<T>): Promise<T> {
    return this.progress.step(title, (note) => Promise.race([work(note), this.ended]));
  }
}

function postgresAt(adminUrl: string): PostgresAdmin {
  const { hostname, port } = new URL(adminUrl);
  return { host: hostname, port: Number(port || 5_432), adminUrl };
}

function redisAt(adminUrl: string): RedisAdmin {
  const { hostname, port } = new URL(adminUrl);
  return { host: hostname, port: Number(port || 6_379), adminUrl, bootstrapPassword: randomPassword() };
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
