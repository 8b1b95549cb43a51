import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificates {
  /** Files, PEM. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * An authority of the test's own and a certificate, made by the machine's OpenSSL.
 *
 * @param names that it is for: names of hosts, or addresses
 * @param days for which it is good; below zero, it expired
 */
export async function makeCertificates(
  folder: string,
  names: readonly string[] = ['127.0.0.1'],
  days = 1,
): Promise<Certificates> {
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl(
    ...['req', '-x509', ...newKey, '-days', '1', '-subj', '/CN=Authority of a test'],
    ...['-keyout', 'ca.key', '-out', 'ca.pem', '-addext', 'basicConstraints=critical,CA:TRUE'],
  );
  await openssl('req', ...newKey, '-subj', '/CN=vault', '-keyout', 'server.key', '-out', 'server.csr');
  const alternatives = names.map((name) => `${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`);
  await writeFile(file('names'), `subjectAltName=${alternatives.join()}\n`);
  await openssl(
    ...['x509', '-req', '-in', 'server.csr', '-days', String(days), '-CA', 'ca.pem', '-CAkey', 'ca.key'],
    ...['-CAcreateserial', '-extfile', 'names', '-out', 'server.pem'],
  );
  return { authority: file('ca.pem'), certificate: file('server.pem'), key: file('server.key') };
}
