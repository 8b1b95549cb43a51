import type { AuthEvent, Revocation } from '@portcullis/runtime';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { poll } from '../../../../cli/src/engines/process/poll';
import { until } from '../../../support/until';
import type { AppSettings } from './revocation-app';
import type { FromInstance, ToInstance } from './revocation-instance';

/** What is promised: a revocation is on every instance within this. */
export const WITHIN_A_SECOND = { timeoutMs: 1_000 };

/** The longest that an answer may take to come; as long as it takes, where nothing is promised. */
type Bound = { readonly timeoutMs: number } | undefined;

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
  bound?: Bound,
): Promise<void> {
  const asked = async (): Promise<void> => expect(await get(url, path, token)).toBe(status);
  await (bound ? poll(asked, { everyMs: 5, ...bound }) : until(asked, { everyMs: 5 }));
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
  async answers(path: Path, token: string, status: number, bound?: Bound): Promise<void> {
    await answers(await this.#url, path, token, status, bound);
  }

  /** Waits until these are all the events since there were so many. */
  async tells(since: number, types: readonly AuthEvent['type'][]): Promise<void> {
    await until(() => expect(this.events.slice(since)).toEqual(types));
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
