import { createInterface } from 'node:readline/promises';
import { notConfirmed, type Confirm, type ServerChanges } from './inspect';

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * Says what will be changed, and asks; with `yes` it only says it. Where nobody can be asked, nobody agrees.
 * @throws PortcullisError `ERR_NOT_CONFIRMED`
 */
export function confirmOn({ input, output }: Terminal, yes: boolean, signal: AbortSignal): Confirm {
  return async (changes) => {
    output.write(`${describeChanges(changes)}\n`);
    if (yes) return;
    if (!input.isTTY || !output.isTTY) throw notConfirmed();
    const asking = createInterface({ input, output });
    try {
      const answer = await asking.question('\nGo on? [y/N] ', { signal });
      if (!/^y(es)?$/i.test(answer.trim())) throw notConfirmed();
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
