import type { PythonCommand } from './programs/python-program';
import { LOOPBACK, onPort } from '../../cli/src/engines/process/ports';
import type { Run } from '../../cli/src/engines/process/run';
import { Server } from '../../cli/src/local/servers/server';

export interface MotoOptions {
  readonly program: PythonCommand;
  /** Twelve digits: the account that everybody who asks belongs to. */
  readonly account: string;
}

export type MotoServer = Server & {
  /** Of every service, as AWS_ENDPOINT_URL names it. */
  readonly url: string;
};

/** It imports what every service needs, on a machine that may be busy. */
const START_MS = 120_000;

/**
 * Starts an account of AWS that is empty, on loopback. Whoever asks may do everything.
 * @throws PortcullisError `ERR_SERVER_FAILED`
 */
export async function startMoto(run: Run, { program, account }: MotoOptions): Promise<MotoServer> {
  return onPort(undefined, 'moto', async (port) => {
    const url = `http://${LOOPBACK}:${port}`;
    const server = await Server.start(run, {
      process: {
        name: `moto-${account}`,
        command: program.command,
        args: [...program.args, '--host', LOOPBACK, '--port', String(port)],
        env: { ...program.env, MOTO_ACCOUNT_ID: account },
      },
      answers: async () => {
        const response = await fetch(`${url}/moto-api/data.json`);
        if (!response.ok) throw new Error(`answered ${response.status}`);
      },
      startWithinMs: START_MS,
    });
    return Object.assign(server, { url });
  });
}
