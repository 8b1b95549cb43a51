/** Runs the function that a stack deploys, from the archive beside it, as Lambda does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import type { Document } from './document';

export type Handler = (event: Record<string, unknown>) => Promise<unknown>;

/** As in Lambda, it goes on looking for its issuer's keys, and logs to a stream that is not this process' own. */
const OWN_LOG = 'const console = { log: () => undefined };';

/** The function that an authorizer's URI invokes. */
export function functionOf(document: Document, invokeUri: unknown): Handler {
  const { handler, filename } = document.referred(invokeUri).fields;
  const [file = '', name = ''] = String(handler).split('.');
  const folder = mkdtempSync(join(tmpdir(), 'lambda-'));
  try {
    const path = join(folder, `${file}.js`);
    const code = onlyFile(document.asset(String(filename))).toString();
    writeFileSync(path, `${OWN_LOG}\n${code}`);
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it is what Lambda does
    return (require(path) as Record<string, Handler>)[name]!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The first file of an archive (PKWARE APPNOTE 6.3 §4.3.7). */
function onlyFile(archive: Buffer): Buffer {
  const start = 30 + archive.readUInt16LE(26) + archive.readUInt16LE(28);
  return inflateRawSync(archive.subarray(start, start + archive.readUInt32LE(18)));
}
