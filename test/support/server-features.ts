import { execFileSync } from 'node:child_process';

/** Found out when the file is loaded, because that is when jest has to know what is skipped. */
const named = process.env.VAULT_BIN;
const version = named ? execFileSync(named, ['version'], { encoding: 'utf8' }).trim() : 'OpenBao';
const isOpenBao = version.startsWith('OpenBao');

/** `test` where the server has a feature; elsewhere the test counts as skipped, and it is said why. */
function testWhere(has: boolean, feature: string): typeof test {
  if (has) return test;
  process.stderr.write(`skipped, for want of ${feature}: ${version}\n`);
  return test.skip;
}

export const testWithNamespaces = testWhere(
  isOpenBao || /\+ent\b/.test(version),
  'namespaces, which OpenBao and Vault Enterprise have',
);

export const testWithAwsAuth = testWhere(
  !isOpenBao,
  'the auth method aws, which HashiCorp Vault has built in: name its binary in VAULT_BIN',
);
