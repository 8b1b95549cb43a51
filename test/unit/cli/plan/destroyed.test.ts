/** What a plan destroys and nobody can bring back is listed by address, ready to be given to `deploy --destroy`. */
import { stripVTControlCharacters } from 'node:util';
import type { Action, Change } from '../../../../cli/src/plan/change';
import { renderMarkdown } from '../../../../cli/src/plan/render/markdown';
import { renderTerminal } from '../../../../cli/src/plan/render/terminal';
import { destroyedForGood, summarize } from '../../../../cli/src/plan/summary';

const change = (type: string, action: Action, name = 'it'): Change => ({
  address: `${type}.${name}`,
  type,
  action,
  before: {},
  after: {},
});

const listed = async (...changes: Change[]): Promise<string[]> =>
  destroyedForGood(await summarize('vault-dev', changes));

it.each([
  'vault_mount',
  'vault_transit_secret_backend_key',
  'vault_database_secret_backend_connection',
  'aws_kms_key',
  'aws_cloudwatch_log_group',
  'aws_ecr_repository',
  'aws_elasticache_replication_group',
  'github_repository',
  'aws_db_instance', // no rule knows it
])('lists %s, destroyed or made anew, and no other change of it', async (type) => {
  expect(await listed(change(type, 'delete', 'a'), change(type, 'replace', 'b'))).toEqual([
    `${type}.a`,
    `${type}.b`,
  ]);
  const others: Action[] = ['create', 'update', 'forget', 'import', 'move'];
  expect(await listed(...others.map((action) => change(type, action, action)))).toEqual([]);
});

it('does not list what a deploy makes anew as it was', async () => {
  const types = ['vault_policy', 'vault_approle_auth_backend_role', 'aws_lb_listener', 'terraform_data'];
  expect(await listed(...types.map((type) => change(type, 'replace')))).toEqual([]);
});

it('lists an entry of KV that is deleted, not one that is written anew', async () => {
  expect(await listed(change('vault_kv_secret_v2', 'delete'))).toEqual(['vault_kv_secret_v2.it']);
  expect(await listed(change('vault_kv_secret_v2', 'replace'))).toEqual([]);
});

it('shows the flag as a shell takes it', async () => {
  const shown = await summarize('vault-dev', [
    change('vault_mount', 'delete', 'secret'),
    change('vault_mount', 'delete', `of["it's"]`),
  ]);
  const terminal = stripVTControlCharacters(renderTerminal([shown]));
  expect(terminal).toContain('deploy wants --destroy vault_mount.secret\n');
  expect(terminal).toContain(`deploy wants --destroy 'vault_mount.of["it'\\''s"]'\n`);
  expect(renderMarkdown([shown])).toContain(
    'no job destroys vault&#95;mount.secret: deploy it with --destroy',
  );
});
