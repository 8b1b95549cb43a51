import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { messageOf, PortcullisError } from '../../errors';
import { plain } from '../../terminal/text';
import { MAKE_IT, unreadable } from './recognize';
import { typed } from '../../terminal/command-name';

export const STANDARD_INPUT = '-';

/** A plan of 5,000 resources has 10 MB. Of one that is a hundred times as large nobody reads what is said of it. */
const LARGEST = 256 * 1024 * 1024;

/**
 * The text of a plan.
 *
 * @throws PortcullisError `ERR_PLAN_UNREADABLE` where there is none, or it is too large
 */
export async function readText(file: string): Promise<string> {
  return decode(await readBytes(file));
}

async function readBytes(file: string): Promise<Buffer> {
  if (file !== STANDARD_INPUT) return readFileOf(file);
  if (process.stdin.isTTY)
    throw unreadable(
      'standard input is a terminal',
      `pipe a plan in: \`tofu show -json plan.bin | ${typed('plan --file -')}\``,
    );
  return collected(process.stdin);
}

async function readFileOf(file: string): Promise<Buffer> {
  const name = JSON.stringify(plain(file, 200));
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw unreadable(`${name} is a folder`);
    return await collected(createReadStream(file));
  } catch (cause) {
    if (cause instanceof PortcullisError) throw cause;
    throw new PortcullisError('ERR_PLAN_UNREADABLE', `there is no plan: ${whyNot(name, cause)}`, MAKE_IT, {
      cause,
    });
  }
}

function whyNot(name: string, cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `${name} is not there, seen from ${process.cwd()}`;
  return code === 'EACCES' ? `${name} may not be read` : `${name} cannot be read: ${messageOf(cause)}`;
}

async function collected(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > LARGEST)
      throw unreadable(
        `it has more than ${LARGEST / 1024 / 1024} MB`,
        'plan parts of that configuration, and give each',
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** PowerShell writes what it redirects as UTF-16, and marks the order of its bytes. */
function decode(bytes: Buffer): string {
  // A ZIP archive: the engine's own plan file.
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004', 'latin1')))
    throw unreadable("it is the engine's own plan file, not JSON");
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('it is no text: neither UTF-8 nor UTF-16');
  }
}
