import { execFileSync } from 'node:child_process';
import { testUnless } from './skipped';

/** Found out when the file is loaded, because that is when jest has to know what is skipped. */
const named = process.env.VAULT_BIN;
const version = named ? execFileSync(named, ['version'], { encoding: 'utf8' }).trim() : 'OpenBao';
const isOpenBao = version.startsWith('OpenBao');

/** `test` where the server has a feature. */
const testWhere = (has: boolean, feature: string) =>
  testUnless(has ? undefined : `${version} has no ${feature}`);

export const testWithNamespaces = testWhere(
  isOpenBao || /\+ent\b/.test(version),
  'namespaces: OpenBao and Vault Enterprise have them',
);
