import type { Command } from 'commander';
import { ConfigError } from '../config/define-config';
import { loadConfigIfAny, type Project } from '../config/load-config';
import { readsConfig, type ConfigOption } from '../config/option';
import { endsWithCode, PortcullisError } from '../errors';
import { painter } from '../terminal/paint';
import { asItRuns } from '../sandbox/as-it-runs';
import { namesServers } from '../sandbox/falls-back';
import { findSandbox } from '../sandbox/find-sandbox';
import { findingsOf, type Finding } from './finding';
import { judgeConfig } from './judge/config';
import { judgeMachine } from './judge/machine';
import { judgeTarget, type Target } from './judge/target';
import { lookAtConfig } from './probe/config';
import { lookAtMachine } from './probe/machine';
import { lookAtTarget } from './probe/target';
import { renderFindings } from './render';

interface DoctorOptions extends ConfigOption {
  readonly json?: boolean;
}

/** `portcullis doctor`: what is wrong, and the command that mends it. It changes nothing. */
export function register(program: Command): void {
  readsConfig(program.command('doctor'))
    .description(
      'says what is wrong with this machine, this repository and an environment, and the command that mends it; it changes nothing: exit code 0 nothing is wrong, 1 something is',
    )
    .argument(
      '[environment]',
      'asks its servers, too: Vault (VAULT_TOKEN), the identity provider, and Redis (REDIS_URL, or a user that Vault leases)',
    )
    .option('--json', 'one JSON object on standard output')
    .action(doctor);
}

async function doctor(environment: string | undefined, { json, config }: DoctorOptions): Promise<void> {
  const project = await attempt(config);
  const loaded = Array.isArray(project) ? undefined : project;
  if (environment !== undefined) refuseUnknown(environment, loaded);
  const findings: readonly Finding[] = [
    ...judgeMachine(await lookAtMachine(loaded?.folder ?? process.cwd())),
    ...(Array.isArray(project) ? project : judgeConfig(await lookAtConfig(loaded, config))),
    ...(environment !== undefined && loaded ? judgeTarget(await askTarget(loaded, environment)) : []),
  ];
  const wrong = findings.some(({ state }) => state === 'wrong');
  process.stdout.write(
    json
      ? `${JSON.stringify({ wrong, findings }, null, 2)}\n`
      : renderFindings(findings, painter(process.stdout), Math.min(process.stdout.columns || 80, 80)),
  );
  if (wrong) process.exitCode = 1;
}

/** Where the environment variables name no servers, an environment that runs on this machine is asked where it runs. */
async function askTarget({ config, folder }: Project, name: string): Promise<Target> {
  const sandbox = namesServers(process.env) ? undefined : await findSandbox(folder);
  if (sandbox?.environment !== name) return lookAtTarget(config, name, process.env);
  const running = await asItRuns(sandbox, config, process.env);
  return lookAtTarget(running.config, name, running.variables);
}

/** A config that cannot be read is a finding, too. */
async function attempt(named: string | undefined): Promise<Project | Finding[] | undefined> {
  const { wrong } = findingsOf('config');
  try {
    return await loadConfigIfAny(named);
  } catch (error) {
    if (error instanceof PortcullisError) return [wrong(error.problem, error.remedy)];
    if (error instanceof ConfigError)
      return error.problems.map(({ path, message }) =>
        wrong(`${path}: ${message}`, 'mend portcullis.config.ts'),
      );
    if (endsWithCode(error)) return [wrong(error.message, 'mend what it names')];
    throw error;
  }
}

function refuseUnknown(environment: string, project: Project | undefined): void {
  const known = Object.keys(project?.config.environments ?? {});
  if (project !== undefined && known.includes(environment)) return;
  throw new PortcullisError(
    'ERR_SETTING',
    `received ${JSON.stringify(environment)}; ${known.length === 0 ? 'no config names an environment' : `expected one of ${known.join(', ')}`}`,
    'name one of portcullis.config.ts, or none',
  );
}
