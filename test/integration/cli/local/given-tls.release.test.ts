/** A Vault of the user's own on TLS, with a certificate authority that nobody else knows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePort } from '../../../../cli/src/engines/process/ports';
import type { ManagedProcess } from '../../../../cli/src/engines/process/processes';
import { makeCertificates, type Certificates } from '../../../support/certificates';
import { useOpenBao, useRun } from '../../../support/engines';
import { until } from '../../../support/until';

const CHECKOUT = join(__dirname, '../../../..');

const run = useRun();
let tls: Certificates & { readonly port: number };
const openbao = useOpenBao(async (its) => {
  tls = { ...(await makeCertificates(await its.subfolder('tls'))), port: await choosePort(undefined, 'TLS') };
  return `listener "tcp" {
    address       = "127.0.0.1:${tls.port}"
    tls_cert_file = "${tls.certificate}"
    tls_key_file  = "${tls.key}"
  }`;
});

/** `npm start` on that Vault. */
function start(
  name: string,
  env: NodeJS.ProcessEnv,
  onLine?: (line: string) => void,
): Promise<ManagedProcess> {
  return run().spawn({
    name,
    command: process.execPath,
    args: [
      join(CHECKOUT, 'bootstrap.mjs'),
      'start',
      '--yes',
      '--vault-addr',
      `https://127.0.0.1:${tls.port}`,
    ],
    cwd: CHECKOUT,
    env: { ...process.env, PORTCULLIS_VAULT_TOKEN: openbao().rootToken, ...env },
    ...(onLine && { onLine }),
    graceMs: 60_000,
  });
}

it('is refused with the way to name that authority', async () => {
  const child = await start('unknown', { NODE_EXTRA_CA_CERTS: undefined });
  await expect(child.exited).resolves.toMatchObject({ code: 1 });
  const said = await readFile(child.log, 'utf8');
  expect(said).toContain(`Vault at https://127.0.0.1:${tls.port} cannot be used`);
  expect(said).toContain('NODE_EXTRA_CA_CERTS');
});

it('is deployed to, served from and given back, where the authority is named', async () => {
  let serving = false;
  const child = await start('known', { NODE_EXTRA_CA_CERTS: tls.authority }, (line) => {
    serving ||= line.includes('Serving after');
  });
  await until(() => serving || !child.running);
  child.signal('SIGINT');
  await expect(child.exited).resolves.toMatchObject({ code: 0 });
  expect(await readFile(child.log, 'utf8')).toMatch(/✓ Giving your servers back/);
});
