import { Option, type Command } from 'commander';
import { PortcullisError } from '../errors';
import { choosePort } from '../engines/process/ports';
import { startEnvironment, type LocalEnvironment } from '../local/environment';
import { confirmOn } from '../local/given/confirm';
import { finishGivingBack } from '../local/given/finish';
import { changesAny } from '../local/given/inspect';
import { forgetGenericVariables, unusedServers } from '../local/generic-variables';
import {
  addGivenOptions,
  readGivenServers,
  type GivenFlags,
  type GivenServers,
} from '../local/given/options';
import type { Service } from '../local/service';
import { journey } from '../journey';
import { describeResult, walk, type StepResult } from '../journey/walk';
import { worldOf } from '../journey/world-of';
import { parsePort } from '../options/port';
import { showProgress, type Screen } from '../terminal/progress';
import { describeEvent } from './event-line';
import { offer } from './offer';
import { servingTable } from './serving-table';

interface StartOptions extends GivenFlags {
  readonly check?: boolean;
  readonly json?: boolean;
  readonly port?: number;
  readonly identity?: 'keycloak';
  readonly yes?: boolean;
  readonly giveBack?: string;
}

export function register(program: Command): void {
  const command = program
    .command('start')
    .description(
      'deploys the environment "local" on this machine and serves the example API. It starts servers of its own; those that you name instead are changed only when you agree, and are given back as they were',
    )
    .option(
      '--check',
      'walk the journey, print each step with its result, and stop: exit code 0 or 1, 130 when interrupted',
    )
    .option('--json', 'with --check: one JSON object on standard output')
    .option('--port <port>', 'port of the API (default: a free one)', parsePort)
    .addOption(
      new Option(
        '--identity <provider>',
        'identity provider to start: a real Keycloak, with the realm of stacks/identity-stack.ts; it needs Java and Maven, and is downloaded once (160 MB) (default: a small one in Node)',
      ).choices(['keycloak']),
    );
  addGivenOptions(command)
    .option('--yes', 'agree to what is said to be changed on servers of your own: where there is no terminal')
    .option('--give-back <id>', 'finish giving back the servers of a start that could not, and stop')
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const startedAt = performance.now();
  surviveClosedOutput();
  const unused = unusedServers(process.env);
  if (unused !== undefined) console.error(`portcullis: ${unused}`);
  forgetGenericVariables();
  const given = await readGivenServers(options, process.env);
  // Progress goes to standard error, so that --json leaves standard output to the result.
  const screen = showProgress(process.stderr);
  if (options.giveBack !== undefined) return finishGivingBack(options.giveBack, given, screen);

  // Before minutes of work, not after them.
  if (options.port !== undefined) await choosePort(options.port, 'the API');
  if (options.check && given.identity) throw unknownOrganisations();
  if (options.identity && given.identity) throw twoProviders();

  const signal = onceAskedToStop();
  try {
    await serveOrCheck(options, { given, screen, signal, startedAt });
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    process.exitCode = INTERRUPTED;
  }
}

interface Circumstances {
  readonly given: GivenServers;
  readonly screen: Screen;
  /** Aborts when somebody asks to stop. */
  readonly signal: AbortSignal;
  /** By `performance.now()`. */
  readonly startedAt: number;
}

/** @throws the signal's reason, when it aborts before the API serves or in the middle of the check */
async function serveOrCheck(options: StartOptions, circumstances: Circumstances): Promise<void> {
  const { given, screen, signal } = circumstances;
  const confirm = confirmOn({ input: process.stdin, output: process.stderr }, options.yes ?? false, signal);
  const started = new AbortController();
  const sayStopping = (): void => screen.say(changesAny(given) ? STOPPING_GIVEN : STOPPING);
  signal.addEventListener('abort', sayStopping, { signal: started.signal });
  const environment = await startEnvironment({
    ...{ progress: screen, given, confirm, signal },
    ...(options.identity && { identity: options.identity }),
  });
  try {
    const service = await environment.serve({
      ...(options.port !== undefined && { port: options.port }),
      onLog: (entry) => {
        const line = describeEvent(entry);
        if (line !== undefined && !options.check) screen.print(line);
      },
    });
    signal.throwIfAborted();
    started.abort();
    if (options.check) await check(environment, service, { json: options.json ?? false, signal });
    else await serve(environment, service, circumstances);
  } finally {
    await screen.step('Stopping', () => environment.stop());
  }
}

const STOPPING = 'Stopping ...';
const STOPPING_GIVEN = 'Stopping: whatever was changed on servers of yours is given back first ...';

/** As a shell has it for a program that SIGINT ended. */
const INTERRUPTED = 130;

async function serve(
  environment: LocalEnvironment,
  service: Service,
  { startedAt, signal, screen }: Circumstances,
): Promise<void> {
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  const seconds = (performance.now() - startedAt) / 1_000;
  const withdraw = await offer(environment, service);
  screen.print(servingTable(environment, service, { isOffered: withdraw !== undefined }));
  screen.print(`Serving after ${seconds.toFixed(1)} s. Ctrl-C stops everything.\n`);
  await stopped;
  withdraw?.();
}

async function check(
  environment: LocalEnvironment,
  service: Service,
  { json, signal }: { json: boolean; signal: AbortSignal },
): Promise<void> {
  const report = (result: StepResult): void => {
    if (!json) console.log(describeResult(result));
  };
  if (!json) console.log('\nThe journey:');
  const steps = await walk(journey, worldOf(environment, service), report, signal);
  const failed = steps.filter(({ passed }) => !passed).length;
  if (json) console.log(JSON.stringify({ passed: failed === 0, steps }, null, 2));
  else console.log(`\n${steps.length - failed} of ${steps.length} steps passed`);
  if (failed > 0) process.exitCode = 1;
}

function unknownOrganisations(): PortcullisError {
  return new PortcullisError(
    'ERR_SETTING',
    '--check walks with the demo organisations, which an identity provider of your own does not know',
    'leave --oidc-issuer-url (PORTCULLIS_OIDC_ISSUER_URL) out for the check',
  );
}

function twoProviders(): PortcullisError {
  return new PortcullisError(
    'ERR_SETTING',
    '--identity starts an identity provider, and --oidc-issuer-url (PORTCULLIS_OIDC_ISSUER_URL) names one of yours',
    'leave one of them out',
  );
}

/**
 * A reader that is gone (`npm start | head`, a terminal that was closed) costs what would be printed. Without a
 * listener the error would end this process before it has given anything back.
 */
function surviveClosedOutput(): void {
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
}

/** Aborts at the first request to stop. Later ones are heard too: without a listener they would end us halfway. */
function onceAskedToStop(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  return controller.signal;
}
