/**
 * Pairs of stacks that look alike to a reviewer and do different things, on the real engine: the second is never applied
 * under the first's digest. And a plan that is made again has the digest that it had.
 */
import { readPlan } from '../../../../cli/src/plan/read-plan';
import { summarizeRun, type StackSummary } from '../../../../cli/src/plan/summary';
import { useRun } from '../../../support/engines';
import { PlanningFolder, twin } from '../../../support/plan/planned-run';

const run = useRun();
let count = 0;

/** A folder whose state has something in it already: the first deploy is an administrator's. */
async function deployed(base: object, variables: NodeJS.ProcessEnv = {}): Promise<PlanningFolder> {
  const folder = await PlanningFolder.make(run(), `twins-${(count += 1)}`);
  await folder.apply(base, variables);
  return folder;
}

const nothing = (configuration: object): object => ({
  ...configuration,
  resource: { terraform_data: { other: { input: 'deployed' } } },
});

async function planned(
  folder: PlanningFolder,
  configuration: object,
  variables: NodeJS.ProcessEnv = {},
): Promise<StackSummary> {
  return summarizeRun('twin', await folder.plan(configuration, variables));
}

it('(A) a provisioner whose command comes with a variable', async () => {
  const configuration = await twin('A');
  const folder = await deployed(nothing(configuration), { TF_VAR_cmd: 'true' });
  const reviewed = await planned(folder, configuration, { TF_VAR_cmd: 'echo reviewed' });
  expect(reviewed).toMatchObject({ grade: 'danger', refused: [] });
  expect((await planned(folder, configuration, { TF_VAR_cmd: 'echo EVIL' })).digest).not.toBe(
    reviewed.digest,
  );
  expect((await planned(folder, configuration, { TF_VAR_cmd: 'echo reviewed' })).digest).toBe(
    reviewed.digest,
  );
});

it.each([
  ['B', 'a policy that is known only after the apply'],
  ['C', 'a text with something in it that looks like a secret'],
  ['D', 'a provisioner beside what looks like the version of a secret'],
])('(%s) %s', async (name) => {
  const [one, other] = [await twin(`${name}1`), await twin(`${name}2`)];
  const folder = await deployed(nothing(one));
  const reviewed = await planned(folder, one);
  expect(reviewed).toMatchObject({ refused: [] });
  expect(reviewed.digest).toMatch(/^twin:[0-9a-f]{64}$/);
  expect((await planned(folder, other)).digest).not.toBe(reviewed.digest);
  expect((await planned(folder, one)).digest).toBe(reviewed.digest);
});

const secrets = (value: string) => ({
  variable: { password: { type: 'string', sensitive: true } },
  resource: { terraform_data: { keeper: { input: '${var.password}' }, note: { input: value } } },
});

it('a secret value, known to nobody who cannot read the state', async () => {
  const folder = await deployed(nothing(secrets('a')), { TF_VAR_password: 'old' });
  const of = (password: string) => planned(folder, secrets('a'), { TF_VAR_password: password });
  const [one, other] = [await of('one'), await of('other')];
  expect(JSON.stringify(one.changes)).toBe(JSON.stringify(other.changes));
  expect(other.digest).not.toBe(one.digest);
  expect(JSON.stringify(one)).not.toContain('"one"');
});

it('the same plan against another state', async () => {
  const [here, there] = [await deployed(nothing({})), await deployed(nothing({}))];
  const configuration = { resource: { terraform_data: { a: { input: 'x' } } } };
  expect((await planned(here, configuration)).digest).not.toBe((await planned(there, configuration)).digest);
});

it('what an unknown value is made from, where only the state has it', async () => {
  const kept = (input: string) => ({ input, lifecycle: { ignore_changes: ['input'] } });
  const policy = '${jsonencode({Action = local.action, Resource = terraform_data.new.id})}';
  const configuration = {
    locals: { action: '${terraform_data.action.output}' },
    resource: {
      terraform_data: { action: kept('s3:GetObject'), new: { input: 'a' }, policy: { input: policy } },
    },
  };
  const of = async (action: string): Promise<StackSummary> => {
    const folder = await deployed({ resource: { terraform_data: { action: { input: action } } } });
    // The same state but for one value: the key of the digest is the same.
    return summarizeRun('twin', { ...(await folder.plan(configuration)), lineage: 'the same' });
  };
  const [reviewed, later] = [await of('s3:GetObject'), await of('*')];
  expect(JSON.stringify(later.changes)).toBe(JSON.stringify(reviewed.changes));
  expect(later.digest).not.toBe(reviewed.digest);
});

it('has no digest without a state, and says who deploys first', async () => {
  const folder = await PlanningFolder.make(run(), 'first');
  const summary = await planned(folder, { resource: { terraform_data: { a: { input: 'x' } } } });
  expect(summary.digest).toBeNull();
  expect(summary.refused).toEqual([expect.stringContaining('the first deploy is an administrator')]);
});

it.each([
  [
    'timestamp()',
    { input: '${timestamp()}' },
    'resource.terraform_data.a.input calls timestamp(), which differs at every run',
  ],
  ['uuid()', { input: '${uuid()}' }, 'calls uuid()'],
  [
    'an ephemeral variable in a command',
    { input: 'a', provisioner: [{ 'local-exec': { command: '${var.once}' } }] },
    'depends on the ephemeral variable once',
  ],
  [
    'an ephemeral variable in a command, behind a comment',
    { input: 'a', provisioner: [{ 'local-exec': { command: 'echo ${var/*a*/.once}' } }] },
    'depends on the ephemeral variable once',
  ],
])('has no digest with %s', async (_, resource, why) => {
  const folder = await deployed(nothing({}));
  const variable = { once: { type: 'string', ephemeral: true, default: null } };
  const summary = await planned(folder, { variable, resource: { terraform_data: { a: resource } } });
  expect(summary.digest).toBeNull();
  expect(summary.refused.join()).toContain(why);
});

it('has none where names stand in a list, which the engine reads all the same', async () => {
  const command = { command: 'echo ${var.once}' };
  const hidden = {
    variable: [{ once: { type: 'string', ephemeral: true, default: 'a' } }],
    resource: { terraform_data: [{ a: { provisioner: [{ 'local-exec': command }] } }] },
  };
  const folder = await deployed(nothing({}));
  const summary = await planned(folder, hidden);
  expect(summary).toMatchObject({ digest: null, grade: 'danger' });
  expect(summary.refused.join()).toContain('terraform_data is a list');
});

it('calls a program dangerous that runs when something is removed, which no plan tells of', async () => {
  const provisioner = [{ 'local-exec': { when: 'destroy', command: 'echo EVIL' } }];
  const of = (more: object) => ({
    resource: { terraform_data: { other: { input: 'deployed' } } },
    removed: [{ from: 'terraform_data.gone', lifecycle: { destroy: true }, ...more }],
  });
  const folder = await PlanningFolder.make(run(), 'removed');
  await folder.apply({
    resource: { terraform_data: { gone: { input: 'a' }, other: { input: 'deployed' } } },
  });
  expect(await planned(folder, of({}))).toMatchObject({ grade: 'notice', refused: [] });
  const summary = await planned(folder, of({ provisioner }));
  expect(summary).toMatchObject({ grade: 'danger', counts: { delete: 1 } });
});

it('has no digest where data is read at the apply only', async () => {
  const folder = await deployed(nothing({}));
  const data = {
    terraform_remote_state: { x: { backend: 'local', config: { path: '${terraform_data.new.id}' } } },
  };
  const summary = await planned(folder, { data, resource: { terraform_data: { new: { input: 'a' } } } });
  expect(summary.refused).toEqual([
    expect.stringContaining('data.terraform_remote_state.x is read at the apply only'),
  ]);
});

it('has one with the gate of a secret, the same whether the value is there or not', async () => {
  const value =
    '${can(regex("given", var.once == null ? "" : "given")) ? "given" : base64decode("no value for the secret once, version 2 (${timestamp()})")}';
  const of = (version: number) => ({
    variable: { once: { type: 'string', ephemeral: true, default: null } },
    resource: {
      terraform_data: {
        other: { input: version },
        once_given: { input: { version, value }, lifecycle: { ignore_changes: ['input.value'] } },
      },
    },
  });
  const folder = await deployed(of(1), { TF_VAR_once: 'first' });
  const without = await planned(folder, of(2));
  expect(without.refused).toEqual([]);
  expect((await planned(folder, of(2), { TF_VAR_once: 'second' })).digest).toBe(without.digest);
  expect((await planned(folder, of(3))).digest).not.toBe(without.digest);
});

it('a number that JavaScript would round', async () => {
  const of = (input: string) => ({
    variable: { n: { type: 'number', default: 0 } },
    resource: { terraform_data: { a: { input: `\${${input}}` } } },
  });
  const folder = await deployed(nothing({}));
  const one = await folder.plan(of('var.n'), { TF_VAR_n: '9007199254740992' });
  const other = await folder.plan(of('var.n'), { TF_VAR_n: '9007199254740993' });
  expect(readPlan(one.plan)).not.toEqual(readPlan(other.plan));
  expect((await summarizeRun('twin', one)).digest).not.toBe((await summarizeRun('twin', other)).digest);
});
