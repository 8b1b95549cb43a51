import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Deployer } from '../engines/engine-finder';
import type { Run } from '../engines/process/run';
import { providerSource, workOn } from '../engines/programs/engine-work';
import { engineEnvironment } from '../engines/programs/opentofu';
import type { Note } from '../engines/progress';
import { randomPassword } from '../engines/random';
import { PortcullisError } from '../errors';
import { withoutGenericVariables } from '../local/generic-variables';
import type { App } from '../workspace/find-app';
import { selectStacks } from '../workspace/stack-selection';
import { synthesize } from '../workspace/synthesize';

/** What stacks are told of the servers that were started for them. */
export interface DeployTarget {
  readonly app: App;
  readonly environment: string;
  readonly deployer: Deployer;
  /** Given to the stacks as environment variables: addresses, without passwords. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly vaultToken: string;
  /** The values of secret variables, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a synthesized stack wants and where it keeps its state. */
interface Synthesized {
  readonly variable?: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly terraform?: { readonly backend?: Readonly<Record<string, { readonly path?: string }>> };
}

export interface Deployed {
  readonly stacks: readonly string[];
  /** With what they can be planned again, but for Vault's token. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Synthesizes the stacks of the environment, and applies them.
 *
 * @throws PortcullisError `ERR_SYNTH`, `ERR_SETTING` for a state that is kept elsewhere and variables that nothing holds,
 * `ERR_DEPLOY` with what the engine said.
 */
export async function deployStacks(run: Run, target: DeployTarget, note: Note): Promise<Deployed> {
  const { app, environment, deployer, secrets } = target;
  const output = await run.subfolder('stacks');
  const states = await run.subfolder('state');
  const lasting = {
    ...target.addresses,
    PORTCULLIS_STATE_DIR: states,
    TF_VAR_state_passphrase: randomPassword(),
  };
  const variables = {
    ...withoutGenericVariables(engineEnvironment()),
    TERRAFORM_BINARY_NAME: deployer.engine,
    ...providerSource(deployer.engineConfiguration),
    ...lasting,
    VAULT_TOKEN: target.vaultToken,
    ...Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`TF_VAR_${name}`, value])),
    ...ownVariables(secrets),
  };
  note('synth');
  const all = await synthesize(run, app, output, variables);
  const stacks = selectStacks(all, [], environment, app.environments);
  const folderOf = (stack: string): string => join(output, 'stacks', stack);
  const problems: string[] = [];
  for (const stack of stacks) {
    const text = await readFile(join(folderOf(stack), 'cdk.tf.json'), 'utf8');
    problems.push(...problemsOf(stack, JSON.parse(text) as Synthesized, { states, variables }));
  }
  if (problems.length > 0)
    throw new PortcullisError('ERR_SETTING', problems.join('\n    '), 'mend each, and start again');
  for (const stack of stacks) {
    const engine = (name: string, ...args: readonly string[]): Promise<string> =>
      run.complete(
        {
          name: `${name} ${stack}`,
          command: deployer.engine,
          args: [name, '-no-color', '-input=false', ...args],
          cwd: folderOf(stack),
          env: variables,
          onLine: (line) => {
            const work = workOn(line);
            if (work !== undefined) note(work);
          },
        },
        { code: 'ERR_DEPLOY', remedy: 'mend what the engine says above, and start again' },
      );
    note(`init ${stack}`);
    await engine('init');
    note(`apply ${stack}`);
    await engine('apply', '-auto-approve');
  }
  return { stacks, variables: lasting };
}

/** What the caller set for variables that are not ours. */
function ownVariables(secrets: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const isOurs = (name: string): boolean =>
    name === 'TF_VAR_state_passphrase' || Object.hasOwn(secrets, name.slice('TF_VAR_'.length));
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name.startsWith('TF_VAR_') && !isOurs(name)),
  );
}

function problemsOf(
  stack: string,
  { variable = {}, terraform: { backend = {} } = {} }: Synthesized,
  { states, variables }: { readonly states: string; readonly variables: NodeJS.ProcessEnv },
): string[] {
  const path = backend.local?.path ?? '';
  const inside = relative(states, resolve(states, path));
  const isOurs = path !== '' && isAbsolute(path) && !inside.startsWith('..');
  return [
    ...(isOurs
      ? []
      : [
          `${stack} does not keep its state where this start ends it; expected useBackend(this, { kind: 'local', directory: process.env.PORTCULLIS_STATE_DIR })`,
        ]),
    ...Object.entries(variable)
      .filter(([name, { default: byDefault }]) => byDefault === undefined && !variables[`TF_VAR_${name}`])
      .map(([name]) => `${stack} asks for the variable ${name}; set TF_VAR_${name}`),
  ];
}
