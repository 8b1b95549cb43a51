import { PortcullisError } from '../errors';
import { typed } from '../terminal/command-name';

/** Bytes. Vault's own limit of a KV entry is of the same order. */
const LONGEST = 512 * 1_024;

/**
 * The value on standard input, without the one newline that `echo` and here-strings add.
 *
 * @throws PortcullisError `ERR_SETTING` when the input is a terminal, which would show the secret and keep it in its
 * scrollback; when it is empty, not UTF-8, or too long.
 */
export async function readSecret(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
): Promise<string> {
  if (input.isTTY === true) {
    const put = typed('secrets put …');
    throw new PortcullisError(
      'ERR_SETTING',
      'standard input is a terminal, which would show the secret',
      `pipe it: \`openssl rand -base64 32 | ${put}\`, or \`read -rs KEY; ${put} <<< "$KEY"\``,
    );
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > LONGEST) throw unusable(`is longer than ${LONGEST} bytes`);
    chunks.push(bytes);
  }
  const value = decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  if (value === '') throw unusable('is empty');
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unusable('is not UTF-8');
  }
}

function unusable(problem: string): PortcullisError {
  return new PortcullisError(
    'ERR_SETTING',
    `standard input ${problem}`,
    'nothing was written: give the value as text',
  );
}
