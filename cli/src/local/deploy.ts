import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MOUNTS } from '../../../vault-names';
import { providerSource, workOn } from '../engines/programs/engine-work';
import { engineEnvironment } from '../engines/programs/opentofu';
import { withoutGenericVariables } from './generic-variables';
import { footprintOf, type VaultFootprint } from './given/footprint';
import { redisCommand } from './servers/redis';
import type { Note } from '../engines/progress';
import type { Run } from '../engines/process/run';
import type { VaultClient } from '../engines/vault-client';
import { sweepRedis } from '../secrets/sweep/sweep-redis';

/** Every stack of the environment `local`. */
const VAULT_STACK = 'vault-local';
const STACKS = [VAULT_STACK];

const CHECKOUT = join(__dirname, '../../..');

/** What the stacks will make in Vault. They are synthesized for this; nothing is planned or applied. */
export async function readFootprint(run: Run): Promise<VaultFootprint> {
  const folder = join(run.folder, 'footprint');
  await run.complete(
    {
      name: 'synth',
      command: process.execPath,
      args: ['--require', 'tsx/cjs', 'stacks/main.ts'],
      cwd: CHECKOUT,
      env: { ...withoutGenericVariables(process.env), CDKTF_OUTDIR: folder },
    },
    { code: 'ERR_DEPLOY', remedy: 'mend what the stacks say above' },
  );
  return footprintOf(await readFile(join(folder, 'stacks', VAULT_STACK, 'cdk.tf.json'), 'utf8'));
}

/** What the stacks ask for, by the names of their variables. They reach the engine as `TF_VAR_*` only. */
export interface DeploySecrets {
  readonly fintech_api_config: Readonly<Record<string, string>>;
  readonly postgres_admin_password: string;
  readonly redis_bootstrap_password: string;
}

export interface DeploymentSettings {
  /** The `tofu` or `terraform` binary. */
  readonly engine: string;
  /** CLI configuration file that names the provider mirror, if there is one. */
  readonly engineConfiguration: string | undefined;
  readonly vault: { readonly address: string; readonly token: string };
  readonly postgres: { readonly host: string; readonly port: number; readonly database: string };
  readonly redis: { readonly host: string; readonly port: number };
  /** Vault's own user in both. */
  readonly vaultUser: string;
  readonly stateFolder: string;
  /** Encrypts state and plan files; at least 16 characters. */
  readonly statePassphrase: string;
}

/** Deploys the local stacks as a user would, with `cdktf deploy`, and looks at what is left to do. */
export class Deployment {
  private readonly output: string;

  constructor(
    private readonly run: Run,
    private readonly settings: DeploymentSettings,
  ) {
    this.output = join(run.folder, 'cdktf.out');
  }

  /** @throws PortcullisError `ERR_DEPLOY` with the end of what was printed */
  async deploy(secrets: DeploySecrets, note: Note): Promise<void> {
    const variables = {
      TF_VAR_fintech_api_config: JSON.stringify(secrets.fintech_api_config),
      TF_VAR_postgres_admin_password: secrets.postgres_admin_password,
      TF_VAR_redis_bootstrap_password: secrets.redis_bootstrap_password,
    };
    await this.cdktf('deploy', variables, (line) => {
      const work = workOn(line);
      if (work !== undefined) note(work);
    });
  }

  /** Takes everything away again, after a deploy that failed too. @throws PortcullisError `ERR_DEPLOY` */
  async destroy(): Promise<void> {
    await this.cdktf('destroy');
  }

  /** Plans every stack once more, without any secret value: what would change, one line each. */
  async pendingChanges(): Promise<string[]> {
    const plans = STACKS.map(async (stack) => {
      const lines = await this.run.complete(
        {
          name: `plan ${stack}`,
          command: this.settings.engine,
          args: ['plan', '-json', '-input=false'],
          cwd: join(this.output, 'stacks', stack),
          env: this.environment(),
        },
        { code: 'ERR_DEPLOY', remedy: 'mend what the engine says above' },
      );
      return plannedChanges(lines);
    });
    return (await Promise.all(plans)).flat();
  }

  private async cdktf(
    verb: 'deploy' | 'destroy',
    variables: NodeJS.ProcessEnv = {},
    onLine: (line: string) => void = () => undefined,
  ): Promise<void> {
    await this.run.complete(
      {
        name: `cdktf ${verb}`,
        command: process.execPath,
        args: [
          require.resolve('cdktf-cli/bundle/bin/cdktf'),
          ...[verb, ...STACKS, '--auto-approve', '--skip-provider-lock', '--output', this.output],
        ],
        cwd: CHECKOUT,
        env: this.run.withThisNode({ ...this.environment(), ...variables }),
        onLine,
      },
      {
        code: 'ERR_DEPLOY',
        remedy: `mend what the engine says above${verb === 'deploy' ? ', and start again' : ''}`,
      },
    );
  }

  private environment(): NodeJS.ProcessEnv {
    const { engine, engineConfiguration, vault, postgres, redis, vaultUser, stateFolder, statePassphrase } =
      this.settings;
    return {
      ...withoutGenericVariables(engineEnvironment()),
      TERRAFORM_BINARY_NAME: engine,
      // cdktf keeps its own data and providers below the home folder otherwise, which need not be writable.
      CDKTF_HOME: join(this.run.folder, 'cdktf'),
      ...providerSource(engineConfiguration),
      VAULT_ADDR: vault.address,
      VAULT_TOKEN: vault.token,
      // The authorities that this process trusts: the provider is no Node.
      VAULT_CACERT: vault.address.startsWith('https:') ? process.env.NODE_EXTRA_CA_CERTS : undefined,
      // The stacks read addresses only from these URLs, no password.
      PORTCULLIS_DATABASE_URL: `postgres://${postgres.host}:${postgres.port}/${postgres.database}`,
      PORTCULLIS_REDIS_URL: `redis://${redis.host}:${redis.port}`,
      PORTCULLIS_VAULT_USER: vaultUser,
      PORTCULLIS_STATE_DIR: stateFolder,
      TF_VAR_state_passphrase: statePassphrase,
    };
  }
}

/** The changes in the machine-readable output of `plan`, as in `create vault_policy.x`. */
export function plannedChanges(output: string): string[] {
  return output.split('\n').flatMap((line) => {
    if (!line.includes('"planned_change"')) return [];
    const { change } = JSON.parse(line) as { change: { action: string; resource: { addr: string } } };
    return [`${change.action} ${change.resource.addr}`];
  });
}

/**
 * Makes Redis keep the password that Vault gave to its own user; a restart would bring the old one back otherwise. No
 * service runs yet, so no leased user is saved with it.
 */
export async function saveRedisUsers(
  vault: VaultClient,
  redis: { readonly adminUrl: string },
): Promise<void> {
  await sweepRedis(vault, (command) => redisCommand(redis.adminUrl, command), {
    mounts: [MOUNTS.database],
    save: true,
  });
}
