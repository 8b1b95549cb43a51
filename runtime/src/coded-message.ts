/**
 * The message of an error: it ends with the error's code, so that whoever finds it in a log can look it up
 * (`portcullis explain`). Below a list, the code has a line of its own.
 *
 * A function rather than a class above all errors, which would cost a microsecond for each refused token (Node 20).
 */
export function withCode(code: string, problem: string): string {
  return `${problem}${problem.includes('\n') ? '\n' : ' '}(${code})`;
}

/** The message without the code: for a message that says more and has a code of its own. */
export function problemOf({ code, message }: Error & { readonly code: string }): string {
  return message.slice(0, -` (${code})`.length);
}
