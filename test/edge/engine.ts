import { EngineCache } from '../../cli/src/engines/install/cache';
import { engineEnvironment, findOpenTofu } from '../../cli/src/engines/programs/opentofu';
import { provideProviders } from '../../cli/src/engines/programs/providers';
import type { Run } from '../../cli/src/engines/process/run';
import { AWS_PROVIDER_FOR_TESTS } from '../support/programs/aws-provider';
import type { Account } from './account';

/** The real engine with the real provider, which takes an account of moto's for AWS. */
export class AwsEngine {
  private constructor(
    private readonly run: Run,
    readonly command: string,
    private readonly variables: NodeJS.ProcessEnv,
  ) {}

  static async open(run: Run, account: Account): Promise<AwsEngine> {
    const context = { run, cache: new EngineCache(), note: () => undefined };
    const command = await findOpenTofu(context);
    const mirror = await provideProviders(context, command, [AWS_PROVIDER_FOR_TESTS]);
    return new AwsEngine(run, command, {
      ...engineEnvironment(),
      ...(mirror !== undefined && { TF_CLI_CONFIG_FILE: mirror }),
      ...account.variables,
      TF_VAR_state_passphrase: 'of-no-account-that-exists',
    });
  }

  /** @throws PortcullisError with what the engine said, when its exit code is not 0. */
  in(folder: string, name: string, ...args: string[]): Promise<string> {
    return this.run.complete(
      {
        name: `${args[0] ?? ''} ${name}`,
        command: this.command,
        args: [...args, '-no-color'],
        cwd: folder,
        env: this.variables,
      },
      {
        code: 'ERR_DEPLOY',
        remedy: 'mend what is applied, or name what moto lacks in test/edge/left-out.ts',
      },
    );
  }
}
