import { execFileSync } from 'node:child_process';

/** Found out when the file is loaded, because that is when jest has to know what is skipped. */
const named = process.env.VAULT_BIN;
const version = named ? execFileSync(named, ['version'], { encoding: 'utf8' }).trim() : 'OpenBao';
const has = version.startsWith('OpenBao') || /\+ent\b/.test(version);

/** `test` where the server of VAULT_BIN has namespaces; elsewhere the test counts as skipped, and it is said why. */
export const testWithNamespaces = has ? test : test.skip;

if (!has)
  process.stderr.write(
    `skipped, for want of namespaces, which OpenBao and Vault Enterprise have: ${version}\n`,
  );
