import { saysYes, type Terminal } from '../../terminal/question';
import { notConfirmed, type Confirm, type ServerChanges } from './inspect';

/**
 * Says what will be changed, and asks; with `yes` it only says it. Where nobody can be asked, nobody agrees.
 * @throws PortcullisError `ERR_NOT_CONFIRMED`; the signal's reason
 */
export function confirmOn({ input, output }: Terminal, yes: boolean, signal: AbortSignal): Confirm {
  return async (changes) => {
    output.write(`${describeChanges(changes)}\n`);
    if (yes) return;
    if (!input.isTTY || !output.isTTY) throw notConfirmed();
    if (!(await saysYes({ input, output }, '\nGo on?', signal))) throw notConfirmed();
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
