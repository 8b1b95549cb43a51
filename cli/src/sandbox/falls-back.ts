/** Commands that, where nothing names servers, are meant for the ones that `npm start` runs from this repository. */
import type { Command } from 'commander';
import { dirname } from 'node:path';
import { findConfig } from '../config/find-config';
import type { ConfigOption } from '../config/option';
import { findSandbox, type Sandbox } from './find-sandbox';
import { wrapped } from '../terminal/text';
import type { Person } from './sandbox';

/** Whoever sets one of these means other servers. */
const NAMED_BY = [
  ...['VAULT_ADDR', 'VAULT_TOKEN', 'VAULT_NAMESPACE'],
  ...['REDIS_URL', 'REDIS_HOST', 'REDIS_PORT', 'OIDC_ISSUER_URL'],
];

const HELP = `Where none of ${NAMED_BY.join(', ')} is set, it works on what was started from this repository and runs on this machine.`;

/**
 * Has the command work on the sandbox of this repository where the environment names no servers, and say so.
 * @param person whose token of Vault it gets.
 */
export function fallsBackToSandbox(command: Command, person: Person): Command {
  return command
    .hook('preAction', async (_, running) => {
      if (namesServers(process.env)) return;
      const sandbox = await sandboxHere(running.opts<ConfigOption>().config);
      if (sandbox === undefined) return;
      say(sandbox);
      Object.assign(process.env, await variablesOf(sandbox, person));
    })
    .addHelpText('after', `\n${wrapped(HELP, 80).join('\n')}`);
}

/**
 * Has stacks be planned as they were deployed on the sandbox of this repository, where it runs this environment and the
 * environment variables name no servers.
 */
export async function plansOnSandbox(environment: string, config?: string): Promise<void> {
  if (namesServers(process.env)) return;
  const sandbox = await sandboxHere(config);
  if (sandbox?.environment !== environment) return;
  const variables = await sandbox.stackVariables();
  if (variables === undefined) return;
  say(sandbox);
  Object.assign(process.env, variables);
}

/** Whether the environment variables mean other servers than the sandbox's. */
export function namesServers(variables: NodeJS.ProcessEnv): boolean {
  return NAMED_BY.some((name) => variables[name]);
}

const say = ({ environment, folder }: Sandbox): void =>
  console.error(`portcullis: on ${environment}, which was started from ${folder}`);

/** The sandbox of the repository of this config, or of the folder that the command is called in. */
export async function sandboxHere(config?: string): Promise<Sandbox | undefined> {
  const file = config ?? findConfig(process.cwd());
  return findSandbox(file === undefined ? process.cwd() : dirname(file));
}

async function variablesOf(sandbox: Sandbox, person: Person): Promise<Readonly<Record<string, string>>> {
  return {
    VAULT_ADDR: sandbox.vaultAddress,
    VAULT_TOKEN: await sandbox.vaultToken(person),
    REDIS_HOST: sandbox.redis.host,
    REDIS_PORT: String(sandbox.redis.port),
    OIDC_ISSUER_URL: sandbox.issuer,
  };
}
