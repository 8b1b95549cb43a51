import type { Command } from 'commander';
import { access } from 'node:fs/promises';
import { loadConfig } from '../config/load-config';
import { environmentNamed } from '../config/environment-named';
import { readsConfig, type ConfigOption } from '../config/option';
import { poll } from '../engines/process/poll';
import { messageOf } from '../errors';
import { forgetGenericVariables } from '../local/generic-variables';
import { parsePort } from '../options/port';
import { showProgress } from '../terminal/progress';
import { findApp } from '../workspace/find-app';
import { requireServers } from './require-servers';
import { runApp } from './run-app';

interface StartOptions extends ConfigOption {
  readonly environment: string;
  readonly role?: string;
  readonly sql: readonly string[];
  readonly port?: number;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** How long the app may take until it answers, with `--check`. */
const ANSWERS_WITHIN_MS = 60_000;

/** `portcullis start`: the app's own exit code; 1 where it was not started, 130 when interrupted before. */
export function register(program: Command): void {
  readsConfig(program.command('start'))
    .description(
      'runs a command with a real Vault, PostgreSQL, Redis and identity provider on loopback, without Docker: the ' +
        'stacks of the environment deployed, all that the app is told in its environment. When the command ends, everything ends; its exit code is the one of the app',
    )
    .argument('<command...>', 'after --, as in -- node server.js')
    // Yarn 1 takes the -- for itself: what follows the first word is the app's all the same.
    .passThroughOptions()
    .option('-e, --environment <name>', 'whose stacks are deployed', 'local')
    .option('--role <name>', "the AppRole that the app logs in with (default: the policy's name)")
    .option('--sql <file...>', "SQL that makes the app's tables, run in this order as their owner", [])
    .option('--port <port>', 'what PORT says (default: a free one)', parsePort)
    .option('--check', 'end the app as soon as it answers at PORT: exit code 0, 1 where it does not')
    .option('--json', 'with --check: one JSON object on standard output, to which the app must not print')
    .action(start);
}

async function start(words: string[], options: StartOptions): Promise<void> {
  const project = await loadConfig(options.config);
  environmentNamed(project.config, options.environment);
  const app = await findApp(options.config);
  for (const file of options.sql) await access(file);
  requireServers();
  const given = withoutOtherServers(process.env);
  forgetOwnServers();
  const screen = showProgress(process.stderr, process.stderr);
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort(name));
  const { signal } = stopping;
  // Loaded here only: it needs packages that are there by choice.
  const { startAppEnvironment } = await import('./environment.js');
  const startedAt = performance.now();
  const environment = await startAppEnvironment({
    ...{ project, app, environment: options.environment, sqlFiles: options.sql, progress: screen, signal },
    role: options.role ?? project.config.policy.name,
    ...(options.port !== undefined && { port: options.port }),
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    return undefined;
  });
  if (environment === undefined) {
    process.exitCode = 130;
    return;
  }
  const { variables, url, warden } = environment;
  const [command = '', ...args] = words;
  try {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    screen.say(
      `\n  ${words.join(' ')}\n    ${Object.keys(variables).join(', ')}\n  ${url}, after ${seconds} s. Ctrl-C ends everything.\n`,
    );
    const ended = runApp({ command, args, env: { ...given, ...variables }, signal, warden });
    process.exitCode = options.check ? await check(ended, url, stopping, options) : await ended;
  } finally {
    await screen.step('Stopping', () => environment.stop());
  }
}

/** @returns the exit code. */
async function check(
  ended: Promise<number>,
  url: string,
  stopping: AbortController,
  { json }: StartOptions,
): Promise<number> {
  let gone: Error | undefined;
  const early = ended.then((code) => {
    gone = new Error('it ended');
    return `it ended with code ${code}, and nothing answered at ${url}`;
  });
  const asked = (): Promise<Response> => fetch(url, { redirect: 'manual' });
  const answered = poll(asked, { timeoutMs: ANSWERS_WITHIN_MS }, () => gone).then(
    () => undefined,
    (error: unknown) => `nothing answers at ${url}: ${messageOf(error)}`,
  );
  const problem = await Promise.race([early, answered]);
  stopping.abort('SIGTERM');
  await ended;
  if (json) console.log(JSON.stringify({ passed: problem === undefined, url, ...(problem && { problem }) }));
  else console.error(problem === undefined ? `  it answers at ${url}` : `portcullis start: ${problem}`);
  return problem === undefined ? 0 : 1;
}

/** What would lead the app to other servers than the ones that are started; all else is its own. */
const OTHER_SERVERS = [
  ...['VAULT_TOKEN', 'VAULT_SECRET_ID', 'VAULT_NAMESPACE', 'VAULT_CACERT', 'VAULT_AWS_ROLE'],
  ...['REDIS_URL', 'DATABASE_URL', 'PGUSER', 'PGPASSWORD', 'JWKS_URI'],
];

const withoutOtherServers = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !OTHER_SERVERS.includes(name)));

/** What names other servers, and what other programs read, decides nothing here; what stacks ask for stays. */
function forgetOwnServers(): void {
  const asked = Object.entries(process.env).filter(([name]) => name.startsWith('TF_VAR_'));
  forgetGenericVariables();
  for (const [name, value] of asked) process.env[name] = value;
}
