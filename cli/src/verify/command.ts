import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Config } from '../config/define-config';
import { loadConfig } from '../config/load-config';
import { readsConfig, type ConfigOption } from '../config/option';
import { painter } from '../terminal/paint';
import { EXIT_CODES } from '../plan/grade';
import { failsWith } from '../terminal/report-failure';
import { asItRuns } from '../sandbox/as-it-runs';
import { findSandbox } from '../sandbox/find-sandbox';
import type { Result } from './checks';
import { gradeOfAll } from './grade';
import { renderJson } from './report/json';
import { renderJunit } from './report/junit';
import { renderSarif } from './report/sarif';
import { renderTable } from './report/table';
import { settingsOf, type VerifySettings } from './settings';
import { originOf } from './target/origin';
import { verify, type Forecast } from './verify';

interface Options extends ConfigOption {
  readonly environment: string;
  readonly readOnly?: boolean;
  readonly unsafe?: boolean;
  readonly json?: boolean;
  readonly sarif?: string;
  readonly junit?: string;
}

/** `portcullis verify`: the policy held against a living API. */
export function register(program: Command): void {
  // 2 and above are grades.
  failsWith(readsConfig(program.command('verify')), { usage: 1, failed: 1 })
    .description(
      'holds the policy against a living API: exit code 0 all verified, 2 notice, 3 not all verified, 4 danger, 1 failed',
    )
    .argument('<url>', 'origin of the API, as in https://staging.example.com')
    .requiredOption(
      '-e, --environment <name>',
      'the environment that it is, as in staging; one that runs on this machine brings its clients',
    )
    .option('--read-only', 'send GET, HEAD and OPTIONS alone, as to production')
    .option('--unsafe', 'send also calls that the policy allows and that act; never where it is protected')
    .option('--json', 'the results as one JSON object on standard output')
    .option('--sarif <file>', 'write what deviates, and what is not verified, as SARIF 2.1.0')
    .option('--junit <file>', 'write the results as JUnit XML')
    .action(async (url: string, options: Options) => {
      const origin = originOf(url);
      const { config, file, folder } = await loadConfig(options.config);
      const settings = await settingsFor(config, folder, options);
      const results = await verify(config.policy, origin, settings, announce);
      publish(results, options, basename(file));
      process.exitCode = EXIT_CODES[gradeOfAll(results)];
    });
}

/** An environment without clients may be what runs on this machine, whose clients are known there. */
async function settingsFor(config: Config, folder: string, options: Options): Promise<VerifySettings> {
  const { environment: name } = options;
  const { [name]: known } = config.environments;
  const sandbox = known?.verify?.clients === undefined ? await findSandbox(folder) : undefined;
  if (known === undefined || sandbox?.environment !== name) return settingsOf(config, options, process.env);
  const running = await asItRuns(sandbox, config, process.env);
  return settingsOf(running.config, options, running.variables);
}

function announce({ requests, seconds }: Forecast): void {
  process.stderr.write(
    `${requests} requests; to stay below a quarter of each limit they take ${seconds} seconds at least\n`,
  );
}

function publish(results: readonly Result[], { json, sarif, junit }: Options, source: string): void {
  process.stdout.write(json === true ? renderJson(results) : renderTable(results, painter(process.stdout)));
  if (sarif !== undefined) writeFileSync(sarif, renderSarif(results, source));
  if (junit !== undefined) writeFileSync(junit, renderJunit(results));
}
