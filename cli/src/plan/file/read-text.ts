import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { messageOf, PortcullisError } from '../../errors';
import { MAKE_IT, unreadable } from './recognize';

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
  if (file === STANDARD_INPUT && process.stdin.isTTY)
    throw unreadable(
      'standard input is a terminal',
      'pipe a plan in: `tofu show -json plan.bin | portcullis plan --file -`',
    );
  if (file !== STANDARD_INPUT) await refuseNoFile(file);
  const chunks: Buffer[] = [];
  let length = 0;
  const stream = file === STANDARD_INPUT ? process.stdin : createReadStream(file);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
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

async function refuseNoFile(file: string): Promise<void> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new PortcullisError('ERR_PLAN_UNREADABLE', `--file: ${messageOf(cause)}`, MAKE_IT, { cause });
  });
  if (found.isDirectory()) throw unreadable(`${JSON.stringify(file)} is a folder`);
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
