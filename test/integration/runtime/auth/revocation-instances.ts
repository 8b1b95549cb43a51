import type { AuthEvent, Revocation } from '@portcullis/runtime';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { poll, type Patience } from '../../../../cli/src/engines/process/poll';
import type { AppSettings } from './revocation-app';
import type { FromInstance, ToInstance } from './revocation-instance';

/** What the issue promises: a revocation is on every instance within this. */
export const WITHIN = { timeoutMs: 1_000, everyMs: 5 };

type Path = '/ordinary' | '/sensitive';

export async function get(url: string, path: Path, token: string): Promise<number> {
  const { status } = await fetch(url + path, { headers: { Authorization: `Bearer ${token}` } });
  return status;
}

/** Asks until the answer is this. */
export async function answers(
  url: string,
  path: Path,
  token: string,
  status: number,
  patience: Patience = WITHIN,
): Promise<void> {
  await poll(async () => expect(await get(url, path, token)).toBe(status), { everyMs: 5, ...patience });
}

/** An instance of the API that runs in a process of its own. */
export class Instance {
  readonly events: AuthEvent['type'][] = [];
  readonly #child: ChildProcess;
  readonly #url: Promise<string>;
  readonly #answers: ((code: string | null) => void)[] = [];

  constructor(settings: AppSettings) {
    this.#child = fork(join(__dirname, 'revocation-instance.ts'), [], {
      execArgv: ['--import', require.resolve('tsx')],
    });
    this.#url = new Promise((resolve) => {
      this.#child.on('message', (message: FromInstance) => {
        if ('url' in message) resolve(message.url);
        else if ('event' in message) this.events.push(message.event.type);
        else this.#answers.shift()?.(message.revoked);
      });
    });
    this.#send({ start: settings });
  }

  /** @returns the code of the error, if it rejected. */
  revoke(revocation: Revocation): Promise<string | null> {
    return new Promise((resolve) => {
      this.#answers.push(resolve);
      this.#send({ revoke: revocation });
    });
  }

  async get(path: Path, token: string): Promise<number> {
    return get(await this.#url, path, token);
  }

  /** Asks until the answer is this. */
  async answers(path: Path, token: string, status: number, patience: Patience = WITHIN): Promise<void> {
    await answers(await this.#url, path, token, status, patience);
  }

  /** Waits until these are all the events since there were so many. */
  async tells(since: number, types: readonly AuthEvent['type'][]): Promise<void> {
    const told = (): void => expect(this.events.slice(since)).toEqual(types);
    await poll(() => Promise.resolve().then(told), WITHIN);
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  #send(message: ToInstance): void {
    this.#child.send(message);
  }
}
