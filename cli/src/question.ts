/** Questions that only a person at a terminal can answer. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * Whether somebody says yes; a Ctrl-D is no.
 * @param signal ends the question. @default nothing does
 * @throws the signal's reason
 */
export async function saysYes(
  { input, output }: Terminal,
  question: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<boolean> {
  // Not raw: the terminal then makes a signal of Ctrl-C, as at any other moment, and an end of input of Ctrl-D.
  const asking = createInterface({ input, output, terminal: false });
  const ended = once(asking, 'close').then(() => undefined);
  try {
    const answer = await Promise.race([asking.question(`${question} [y/N] `, { signal }), ended]);
    if (answer === undefined) output.write('\n');
    return /^y(es)?$/i.test(answer?.trim() ?? '');
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    asking.close();
  }
}

/** Only a person can confirm: where there is no terminal, the answer is no. */
export async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    console.error(`${question} There is nobody to ask: give --yes.`);
    return false;
  }
  return saysYes({ input: process.stdin, output: process.stderr }, question);
}
