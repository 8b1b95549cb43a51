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

export interface Question {
  readonly name: string;
  readonly question: string;
  readonly byDefault: string;
}

/** The answers by name, an empty one being the default; undefined where the input ends before the last. */
export async function asks(
  { input, output }: Terminal,
  questions: readonly Question[],
): Promise<Readonly<Record<string, string>> | undefined> {
  const asking = createInterface({ input, output, terminal: false });
  // Lines that come before their question are answers as well.
  const lines = asking[Symbol.asyncIterator]();
  try {
    const answers: Record<string, string> = {};
    for (const { name, question, byDefault } of questions) {
      output.write(`${question}${byDefault === '' ? '' : ` [${byDefault}]`}: `);
      const line = await lines.next();
      if (line.done) {
        output.write('\n');
        return undefined;
      }
      answers[name] = line.value.trim() || byDefault;
    }
    return answers;
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
