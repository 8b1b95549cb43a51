import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { notConfirmed, type Confirm, type ServerChanges } from './inspect';

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * Says what will be changed, and asks; with `yes` it only says it. Where nobody can be asked, nobody agrees.
 * @throws PortcullisError `ERR_NOT_CONFIRMED`; the signal's reason
 */
export function confirmOn({ input, output }: Terminal, yes: boolean, signal: AbortSignal): Confirm {
  return async (changes) => {
    output.write(`${describeChanges(changes)}\n`);
    if (yes) return;
    if (!input.isTTY || !output.isTTY) throw notConfirmed();
    // Not raw: the terminal then makes a signal of Ctrl-C, as at any other moment, and an end of input of Ctrl-D.
    const asking = createInterface({ input, output, terminal: false });
    const ended = once(asking, 'close').then(() => undefined);
    const question = asking.question('\nGo on? [y/N] ', { signal });
    try {
      const answer = await Promise.race([question, ended]);
      if (answer === undefined) output.write('\n');
      if (!/^y(es)?$/i.test(answer?.trim() ?? '')) throw notConfirmed();
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      asking.close();
    }
  };
}

/** The changes in words. */
export function describeChanges(changes: readonly ServerChanges[]): string {
  return [
    '\nnpm start will change servers of yours, and give them back as they are when it stops:',
    ...changes.flatMap(({ server, changes: lines }) => [
      '',
      `  ${server}`,
      ...lines.map((line) => `    ${line}`),
    ]),
  ].join('\n');
}
