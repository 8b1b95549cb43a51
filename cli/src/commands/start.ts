import type { Command } from 'commander';
import { PortcullisError } from '../errors';
import { startEnvironment, type LocalEnvironment } from '../local/environment';
import { choosePort } from '../engines/process/ports';
import type { Run } from '../engines/process/run';
import type { Service } from '../local/service';
import { journey } from '../journey';
import { describeResult, walk, type StepResult } from '../journey/walk';
import { worldOf } from '../journey/world-of';
import { showProgress } from '../progress';
import { describeEvent } from '../serving/event-line';
import { servingTable } from '../serving/table';

interface StartOptions {
  readonly check?: boolean;
  readonly json?: boolean;
  readonly port?: number;
}

export function register(program: Command): void {
  program
    .command('start')
    .description('deploys the environment "local" on this machine and serves the example API')
    .option('--check', 'walk the journey, print each step with its result, and stop: exit code 0 or 1')
    .option('--json', 'with --check: one JSON object on standard output')
    .option('--port <port>', 'port of the API (default: a free one)', parsePort)
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const startedAt = performance.now();
  // Before minutes of work, not after them.
  if (options.port !== undefined) await choosePort(options.port, 'the API');
  const stopping = onceStopped();
  // Progress goes to standard error, so that --json leaves standard output to the result.
  const progress = showProgress(process.stderr);
  let run: Run | undefined;
  const starting = startEnvironment({ progress, onRun: (opened) => (run = opened) });
  const interrupted = stopping.then(() => undefined);
  const environment = await Promise.race([starting, interrupted]);
  if (environment === undefined) {
    starting.catch(() => undefined);
    await run?.close();
    process.exitCode = 130;
    return;
  }

  try {
    const service = await environment.serve({
      ...(options.port !== undefined && { port: options.port }),
      onLog: (entry) => {
        const line = describeEvent(entry);
        if (line !== undefined && !options.check) console.log(line);
      },
    });
    if (options.check) await check(environment, service, options.json ?? false);
    else await serve(environment, service, startedAt, stopping);
  } finally {
    await progress.step('Stopping', () => environment.stop());
  }
}

async function serve(
  environment: LocalEnvironment,
  service: Service,
  startedAt: number,
  stopping: Promise<void>,
): Promise<void> {
  console.log(await servingTable(environment, service));
  console.log(
    `Serving after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s. Ctrl-C stops everything.\n`,
  );
  await stopping;
}

async function check(environment: LocalEnvironment, service: Service, json: boolean): Promise<void> {
  if (!environment.identity.hasDemoClients) {
    throw new PortcullisError(
      'ERR_SETTING',
      '--check walks with the demo organisations, which the provider in OIDC_ISSUER_URL does not know',
      'unset OIDC_ISSUER_URL for the check',
    );
  }
  const report = (result: StepResult): void => {
    if (!json) console.log(describeResult(result));
  };
  if (!json) console.log('\nThe journey:');
  const steps = await walk(journey, worldOf(environment, service), report);
  const failed = steps.filter(({ passed }) => !passed).length;
  if (json) console.log(JSON.stringify({ passed: failed === 0, steps }, null, 2));
  else console.log(`\n${steps.length - failed} of ${steps.length} steps passed`);
  if (failed > 0) process.exitCode = 1;
}

/** Resolves at the first request to stop. Later ones are heard too: without a listener they would end us halfway. */
function onceStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new PortcullisError('ERR_SETTING', `--port received ${text}`, 'give a number from 1 to 65535');
}
