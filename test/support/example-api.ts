import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { tokensFrom } from '../../cli/src/connections/client-tokens';
import { choosePort } from '../../cli/src/engines/process/ports';
import type { ManagedProcess } from '../../cli/src/engines/process/processes';
import type { Run } from '../../cli/src/engines/process/run';
import { sandboxesIn } from '../../cli/src/sandbox/find-sandbox';
import { clientOf } from '../../cli/src/token/client-of';
import config from '../../portcullis.config';
import { until } from './until';

const CHECKOUT = join(__dirname, '../..');

/** The example API in a deployed environment of its own. */
export interface ExampleApi {
  readonly url: string;
  /** Of the largest tier. */
  readonly token: string;
  readonly process: ManagedProcess;
  /** The file of its own log. */
  readonly log: string;
}

/** Starts what `compose.test.yml` starts, on a free port. */
export async function startExampleApi(run: Run): Promise<ExampleApi> {
  const [, ...args] = (await composed()).command;
  const port = await choosePort(undefined, 'the API');
  const started = await run.spawn({
    name: 'the API',
    command: process.execPath,
    args: args.map((arg) => (arg === '3000' ? String(port) : arg)),
    cwd: CHECKOUT,
    env: process.env,
    graceMs: 30_000,
  });
  const log = await until(async () => {
    const text = await readFile(started.log, 'utf8');
    return text.includes('Serving after') && text;
  });
  const token = await tokenOf('enterprise', log);
  const [, logFile = ''] = /^ +Logs +(\S+)$/m.exec(log) ?? [];
  return { url: `http://127.0.0.1:${port}`, token, process: started, log: logFile };
}

async function composed(): Promise<{ command: string[] }> {
  const { services } = parse(await readFile(join(CHECKOUT, 'compose.test.yml'), 'utf8')) as {
    services: { app: { command: string[] } };
  };
  return services.app;
}

/** As `portcullis token` asks for one, of what printed this log: others may run from this folder too. */
async function tokenOf(tier: string, log: string): Promise<string> {
  const sandbox = (await sandboxesIn(CHECKOUT)).find(({ issuer }) => log.includes(issuer));
  const named = await clientOf(tier, { config, environment: undefined, sandbox, variables: process.env });
  const { issuer, parameters, client, scopes } = named;
  const tokens = await tokensFrom({ issuer, parameters, clients: { [tier]: client } }, 10_000);
  return (await tokens.token(tier, scopes)).value;
}
