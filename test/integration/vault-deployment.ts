/**
 * Real servers with `vault-local` deployed on them the way a user does it, for one test file. Everything that the
 * engine and cdktf write (state, plan, logs) is below one folder, so that a test can look through all of it.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { findOpenBao } from '../../cli/src/engines/programs/openbao';
import { engineEnvironment, findOpenTofu } from '../../cli/src/engines/programs/opentofu';
import { findRedis } from '../../cli/src/engines/programs/redis';
import { provideProviders, VAULT_PROVIDER } from '../../cli/src/engines/programs/providers';
import { Run } from '../../cli/src/engines/process/run';
import { databaseUrl } from '../../cli/src/local/postgres-admin';
import { seedPostgres } from '../../cli/src/local/seed';
import { startOpenBao, type OpenBaoServer } from '../../cli/src/local/servers/openbao';
import { startPostgres } from '../../cli/src/local/servers/postgres';
import { startRedis, type RedisServer } from '../../cli/src/local/servers/redis';
import { VaultClient } from '../../cli/src/engines/vault-client';

const CHECKOUT = join(__dirname, '../..');
const START_TIMEOUT_MS = 600_000; // an engine that is not cached yet is built first

/** A value that is found wherever it is, because nothing else looks like it. */
export const canary = (): string => `canary${randomBytes(18).toString('hex')}`;

export interface Outcome {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

export class VaultDeployment {
  private runs = 0;

  private constructor(
    readonly run: Run,
    readonly vault: OpenBaoServer,
    readonly admin: VaultClient,
    readonly redis: RedisServer,
    /** Superuser's URL of the database `fintech`. */
    readonly databaseUrl: string,
    /** What PostgreSQL's and Redis' `vault_admin` were set up with. */
    readonly bootstrap: { readonly postgres: string; readonly redis: string },
    /** Folder of state, synth output, plan and logs. */
    readonly folder: string,
    readonly engine: string,
    private readonly engineConfiguration: string | undefined,
    readonly statePassphrase: string,
  ) {}

  static async start(): Promise<VaultDeployment> {
    const run = await Run.open();
    try {
      const context = { run, cache: new EngineCache(), note: () => undefined };
      const engine = await findOpenTofu(context);
      const configuration = await provideProviders(context, engine, [VAULT_PROVIDER]);
      const vault = await startOpenBao(run, { binary: await findOpenBao(context) });
      const redis = await startRedis(run, { binary: await findRedis(context) });
      const postgres = await startPostgres(run);
      const bootstrap = {
        postgres: await seedPostgres(postgres.adminUrl, {
          database: 'fintech',
          vaultUser: 'vault_admin',
          mark: 'a test',
        }),
        redis: redis.bootstrapPassword,
      };
      return new VaultDeployment(
        run,
        vault,
        new VaultClient(vault.address, vault.rootToken),
        redis,
        databaseUrl(postgres.adminUrl, 'fintech'),
        bootstrap,
        await run.subfolder('deployment'),
        engine,
        configuration,
        canary(),
      );
    } catch (error) {
      await run.close();
      throw error;
    }
  }

  /** `cdktf deploy vault-local`, as a user types it. */
  deploy(variables: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return this.cdktf('deploy', variables);
  }

  /** `cdktf destroy vault-local`, as a user types it. */
  destroy(): Promise<Outcome> {
    return this.cdktf('destroy');
  }

  /** `npm run portcullis -- …`, as a user types it in the folder of an app. */
  portcullis(
    args: readonly string[],
    variables: NodeJS.ProcessEnv = {},
    folder = CHECKOUT,
  ): Promise<Outcome> {
    return this.spawn(process.execPath, [join(CHECKOUT, 'bootstrap.mjs'), ...args], folder, variables);
  }

  /** Runs the engine itself in the synthesized stack. */
  async engineRun(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return this.spawn(this.engine, args, join(this.output, 'stacks', 'vault-local'), variables);
  }

  get output(): string {
    return join(this.folder, 'cdktf.out');
  }

  get stateFile(): string {
    return join(this.folder, 'vault-local.tfstate');
  }

  close(): Promise<void> {
    return this.run.close();
  }

  private cdktf(verb: 'deploy' | 'destroy', variables: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const cdktf = require.resolve('cdktf-cli/bundle/bin/cdktf');
    const options = ['--auto-approve', '--skip-provider-lock', '--output', this.output];
    return this.spawn(process.execPath, [cdktf, verb, 'vault-local', ...options], CHECKOUT, variables);
  }

  private async spawn(
    command: string,
    args: readonly string[],
    cwd: string,
    variables: NodeJS.ProcessEnv,
  ): Promise<Outcome> {
    this.runs += 1;
    const { hostname, port } = new URL(this.databaseUrl);
    const child = await this.run.spawn({
      name: `engine-${this.runs}`,
      command,
      args,
      cwd,
      env: {
        ...engineEnvironment(),
        TERRAFORM_BINARY_NAME: this.engine,
        ...(this.engineConfiguration !== undefined && { TF_CLI_CONFIG_FILE: this.engineConfiguration }),
        VAULT_ADDR: this.vault.address,
        VAULT_TOKEN: this.vault.rootToken,
        PORTCULLIS_DATABASE_URL: `postgres://${hostname}:${port}/fintech`,
        PORTCULLIS_REDIS_URL: `redis://${this.redis.host}:${this.redis.port}`,
        PORTCULLIS_STATE_DIR: this.folder,
        TF_VAR_state_passphrase: this.statePassphrase,
        ...variables,
      },
    });
    const { code } = await child.exited;
    return { code, output: await readFile(child.log, 'utf8') };
  }
}

/** Starts the servers before a file's tests and stops them after. Nothing is deployed yet. */
export function useVaultDeployment(): () => VaultDeployment {
  let deployment: VaultDeployment | undefined;
  beforeAll(async () => {
    deployment = await VaultDeployment.start();
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await deployment?.close();
  });
  return () => {
    if (deployment === undefined) throw new Error('the servers are there only while tests run');
    return deployment;
  };
}
