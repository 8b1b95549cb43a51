import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { choosePort } from '../../cli/src/engines/process/ports';
import type { ManagedProcess } from '../../cli/src/engines/process/processes';
import type { Run } from '../../cli/src/engines/process/run';
import { until } from './until';

const CHECKOUT = join(__dirname, '../..');

/** The example API in a deployed environment of its own. */
export interface ExampleApi {
  readonly url: string;
  /** Of the largest tier. */
  readonly token: string;
  readonly process: ManagedProcess;
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
  const token = await until(async () => tokenIn(await readFile(started.log, 'utf8')));
  return { url: `http://127.0.0.1:${port}`, token, process: started };
}

async function composed(): Promise<{ command: string[] }> {
  const { services } = parse(await readFile(join(CHECKOUT, 'compose.test.yml'), 'utf8')) as {
    services: { app: { command: string[] } };
  };
  return services.app;
}

/** As `npm start` prints it. */
function tokenIn(log: string): string {
  const token = /# enterprise\n.*Bearer ([\w.-]+)/.exec(log)?.[1];
  if (token === undefined || !log.includes('Serving after')) throw new Error('not serving yet');
  return token;
}
