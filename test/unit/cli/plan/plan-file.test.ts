/** What is given as `--file`: a plan, or something that people take for one. Each of these is refused in words, never judged. */
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPlanFile } from '../../../../cli/src/plan/file/read-plan-file';
import { renderMarkdown } from '../../../../cli/src/plan/render/markdown';
import { renderSarif } from '../../../../cli/src/plan/render/sarif';
import { renderTerminal } from '../../../../cli/src/plan/render/terminal';
import { summarizeRun, type StackSummary } from '../../../../cli/src/plan/summary';
import type { PlannedRun } from '../../../../cli/src/workspace/planned-run';
import { runs } from '../../../support/fuzzing';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plan-file-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function judge(content: string | Uint8Array, name?: string): Promise<StackSummary> {
  const file = join(folder, 'plan.json');
  writeFileSync(file, content);
  return (await readPlanFile(file, name)).summary;
}

const change = (type: string, more: object = {}): object => ({
  address: `${type}.it`,
  mode: 'managed',
  type,
  provider_name: `registry.opentofu.org/${type.startsWith('vault') ? 'hashicorp/vault' : 'acme/acme'}`,
  change: { actions: ['create'], before: null, after: {}, after_unknown: { id: true } },
  ...more,
});
const plan = (changes: readonly object[] = [], more: object = {}): string =>
  JSON.stringify({
    format_version: '1.2',
    terraform_version: '1.6.0',
    planned_values: { root_module: {} },
    resource_changes: changes,
    configuration: { root_module: {} },
    ...more,
  });

/** A plan of cdktf's, as Terraform printed it, and what it was made from. */
const recorded = JSON.parse(
  readFileSync(join(__dirname, '../../../support/plan/recorded-run.json'), 'utf8'),
) as PlannedRun;
const RECORDED: PlannedRun = {
  ...recorded,
  plan: JSON.stringify(recorded.plan),
  configuration: JSON.stringify(recorded.configuration),
};

describe('a plan', () => {
  it('is judged as one of ours, but has no digest that anybody could deploy', async () => {
    const [foreign, own] = [await judge(RECORDED.plan), await summarizeRun('vault-local', RECORDED)];
    expect(own.judged.length).toBeGreaterThan(0);
    expect({
      judged: foreign.judged,
      grade: foreign.grade,
      changes: foreign.changes,
      counts: foreign.counts,
    }).toEqual({
      judged: own.judged,
      grade: own.grade,
      changes: own.changes,
      counts: own.counts,
    });
    expect(foreign).toMatchObject({ stack: 'plan', isForeign: true, digest: null, refused: [] });
    expect(renderTerminal([foreign]) + renderMarkdown([foreign])).not.toMatch(/digest|--destroy/);
  });

  it('says what cannot be had back, without a command that would destroy it', async () => {
    const gone = change('acme_store', {
      change: { actions: ['delete'], before: { name: 'orders' }, after: null },
    });
    const summary = await judge(plan([gone]));
    expect(summary.grade).toBe('danger');
    expect(renderTerminal([summary])).toContain('cannot be had back acme_store.it');
    expect(renderMarkdown([summary])).toContain('acme&#95;store.it cannot be had back');
  });

  it('without a change is routine', async () => {
    expect(await judge(plan())).toMatchObject({ grade: 'routine', judged: [] });
    expect(await judge(plan([], { resource_changes: undefined }))).toMatchObject({ grade: 'routine' });
  });

  it.each([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${plan()}`)],
    ['UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${plan()}`, 'utf16le')],
  ])('is read as %s', async (_, bytes) => {
    expect(await judge(bytes)).toMatchObject({ grade: 'routine' });
  });

  it('is called by its file, or as it is named', async () => {
    expect((await judge(plan())).stack).toBe('plan');
    expect((await judge(plan(), 'infra/network')).stack).toBe('infra/network');
    expect(renderMarkdown([await judge(plan(), 'infra/network')])).toMatch(
      /^<!-- portcullis-plan infra\/network -->\n/,
    );
    for (const name of ['', '-->', 'a\nb', '../x', 'a b', 'x'.repeat(101)])
      await expect(judge(plan(), name)).rejects.toMatchObject({ code: 'ERR_SETTING' });
  });

  it('tells numbers apart that JavaScript takes for one', async () => {
    const raised = change('vault_mount', {
      change: { actions: ['update'], before: { seal_wrap: 9_007_199_254_740_992 }, after: { seal_wrap: 1 } },
    });
    const summary = await judge(
      plan([raised]).replace('"after":{"seal_wrap":1}', '"after":{"seal_wrap":9007199254740993}'),
    );
    expect(summary.judged[0]?.remarks).not.toEqual([]);
    expect(summary.grade).not.toBe('routine');
  });

  it('shows drift that it puts back, and checks that do not hold', async () => {
    const drifted = (type: string, actions: readonly string[]): object => ({
      address: `${type}.it`,
      change: {
        actions,
        before: { tags: { a: '1' }, note: 'CANARY' },
        after: actions[0] === 'delete' ? null : {},
      },
    });
    const changed = { actions: ['update'], before: { tags: { a: '1' } }, after: { tags: { a: '2' } } };
    const summary = await judge(
      plan(
        [
          change('acme_a', { change: changed }),
          change('acme_b', { change: changed }),
          change('acme_c', { change: changed }),
        ],
        {
          resource_drift: [
            drifted('acme_a', ['update']),
            drifted('acme_b', ['delete']),
            drifted('acme_stays', ['update']),
            // What the engine only writes otherwise, and what stays as others made it.
            {
              address: 'acme_c.it',
              change: { actions: ['update'], before: { tags: {} }, after: { tags: null, b: 1 } },
            },
          ],
          checks: [
            {
              address: { kind: 'check', to_display: 'check.health' },
              status: 'fail',
              instances: [{ problems: [{ message: 'CANARY' }] }],
            },
            { address: { kind: 'check', to_display: 'check.broken' }, status: 'error' },
            { address: { kind: 'check', to_display: 'check.fine' }, status: 'pass' },
            { address: { kind: 'resource', to_display: 'acme_a.it' }, status: 'unknown' },
          ],
        },
      ),
    );
    const shown = renderTerminal([summary]);
    for (const line of [
      'notice  acme_a.it: was changed by somebody else (tags), and the apply puts it back',
      'notice  acme_b.it: was destroyed by somebody else, and the apply makes it anew',
      'notice  check.health: does not hold',
      'notice  check.broken: could not be checked',
    ])
      expect(shown).toContain(line);
    expect(shown + renderMarkdown([summary]) + renderSarif([summary], 'plan.json')).not.toMatch(
      /stays\.it|acme_c\.it: was|fine|CANARY/,
    );
    expect(
      await judge(plan([], { checks: [{ address: { to_display: 'check.a' }, status: 'fail' }] })),
    ).toMatchObject({
      grade: 'notice',
      judged: [],
    });
  });

  it('reads numbers with an exponent', async () => {
    const throttle = change('aws_apigatewayv2_stage', {
      provider_name: 'registry.opentofu.org/hashicorp/aws',
      change: {
        actions: ['update'],
        before: { default_route_settings: [{ throttling_rate_limit: 10, throttling_burst_limit: 5 }] },
        after: { default_route_settings: [{ throttling_rate_limit: 7777, throttling_burst_limit: 5 }] },
      },
    });
    expect(await judge(plan([throttle]).replace('7777', '1e12'))).toMatchObject({ grade: 'danger' });
    expect(await judge(plan([throttle]).replace('7777', '1e-1'))).toMatchObject({ grade: 'notice' });
  });

  it('names a program that runs while it is made, wherever the plan tells of it', async () => {
    const program = { ...change('external'), address: 'data.external.it', mode: 'data' };
    const read = { ...program, change: { actions: ['read'], before: null, after: {}, after_unknown: {} } };
    const resource = { address: 'data.external.it', mode: 'data', type: 'external' };
    for (const given of [
      plan([read]),
      plan([{ ...read, address: 'data.external.it["a"]' }]),
      plan([], { configuration: { root_module: { resources: [resource] } } }),
    ]) {
      const { grade, judged } = await judge(given);
      expect({ grade, count: judged.length }).toEqual({ grade: 'danger', count: 1 });
    }
  });

  it('by a provider of somebody else whose kinds have the names of known ones is not known', async () => {
    const policy = (provider_name: string): object =>
      change('vault_policy', {
        provider_name,
        change: {
          actions: ['create'],
          before: null,
          after: { name: 'a', policy: '' },
          after_unknown: { id: true },
        },
      });
    const graded = async (provider: string) => (await judge(plan([policy(provider)]))).grade;
    for (const registry of ['registry.opentofu.org', 'registry.terraform.io'])
      expect(await graded(`${registry}/hashicorp/vault`)).toBe('notice');
    for (const other of [
      'registry.opentofu.org/mallory/vault',
      'evil.example/hashicorp/vault',
      'registry.opentofu.org.evil.example/hashicorp/vault',
      'evil.example/registry.opentofu.org/hashicorp/vault',
      'hashicorp/vault',
      'terraform.io/hashicorp/vault',
      '',
    ])
      expect({ other, grade: await graded(other) }).toEqual({ other, grade: 'unknown' });
  });

  it('of a registry that nobody here knows is unknown, whatever its content says', async () => {
    const tags = (provider_name: string): object =>
      change('acme_thing', {
        provider_name,
        change: { actions: ['update'], before: { tags: { a: '1' } }, after: { tags: { a: '2' } } },
      });
    const [known, other] = [
      await judge(plan([tags('registry.opentofu.org/acme/acme')])),
      await judge(plan([tags('evil.example/acme/acme')])),
    ];
    expect([known.grade, other.grade]).toEqual(['notice', 'unknown']);
    expect(renderTerminal([other])).toContain('provider evil.example/acme/acme, which nothing here knows');
  });
});

const edited = (more: object): object =>
  change('a_b', { change: { actions: ['update'], before: { a: 1 }, after: { a: 2 }, ...more } });
const STATE = { version: 4, terraform_version: '1.12.6', serial: 3, lineage: 'a', resources: [] };

it.each<[string, string | Uint8Array, RegExp]>([
  ['nothing', '', /it is empty/],
  ['blanks', ' \n\t\n', /it is empty/],
  [
    "the engine's own plan file",
    Buffer.from('PK\u0003\u0004\u0014\u0000', 'latin1'),
    /own plan file, not JSON.*tofu show -json plan\.bin/s,
  ],
  ['bytes', Uint8Array.of(0x80, 0xff, 0x00, 0xc3), /no text/],
  [
    'a plan for people',
    'OpenTofu used the selected providers to generate the following execution\nplan.',
    /for people/,
  ],
  ['words', 'hello', /it is not JSON/],
  ['a list', '[]', /no object of JSON/],
  ['a text', '"plan"', /no object of JSON/],
  ['null', 'null', /no object of JSON/],
  [
    'an encrypted plan',
    JSON.stringify({ meta: {}, encrypted_data: 'x', encryption_version: 'v0' }),
    /encrypted by OpenTofu/,
  ],
  ['a state', JSON.stringify(STATE), /it is a state, not a plan/],
  [
    'a state as JSON',
    JSON.stringify({ format_version: '1.0', terraform_version: '1.6.0', values: { root_module: {} } }),
    /a state as JSON/,
  ],
  ['schemas', JSON.stringify({ format_version: '1.0', provider_schemas: {} }), /providers schema/],
  ['a validation', JSON.stringify({ format_version: '1.0', valid: true, diagnostics: [] }), /validate -json/],
  [
    'messages',
    '{"@level":"info","@message":"OpenTofu 1.12.6"}\n{"@level":"info","@message":"x"}\n',
    /plan -json/,
  ],
  ['a single message', '{"@level":"info","@message":"OpenTofu 1.12.6"}', /plan -json/],
  ['what this command printed', JSON.stringify({ grade: 'routine', stacks: [] }), /portcullis plan --json/],
  [
    'what a wrapper wrote into',
    `[command]/opt/terraform-bin show -json plan\n${plan()}\n`,
    /terraform_wrapper: false/,
  ],
  ['a plan that is cut off', plan().slice(0, -5), /cut off/],
  ['no format', JSON.stringify({ resource_changes: [] }), /no format_version/],
  [
    'a format that is a number',
    plan([], { format_version: 1.2 }),
    /format_version is no text; expected.*"1\.2"/,
  ],
  [
    'a change of nobody’s provider',
    plan([change('a_b', { provider_name: undefined })]),
    /resource_changes\.0 has no provider_name/,
  ],
  ['changes that are no list', plan([], { resource_changes: {} }), /resource_changes: expected a list/],
  [
    'a resource without an address',
    plan([change('a_b', { address: 1 })]),
    /resource_changes\.0\.address: expected a text/,
  ],
  [
    'a resource that is only unknown',
    plan([edited({ after_unknown: true })]),
    /a_b\.it: nothing of it is known/,
  ],
  ['an afterwards that is no object', plan([edited({ after: 5 })]), /a_b\.it: its after is no object/],
  ['a before that is no object', plan([edited({ before: [] })]), /a_b\.it: its before is no object/],
  [
    'a change into nothing',
    plan([edited({ after: null })]),
    /a_b\.it: where it is update, its after is an object/,
  ],
  ['a change of nothing', plan([edited({ before: null })]), /its before is an object/],
  ['a destruction that leaves something', plan([edited({ actions: ['delete'] })]), /its after is null/],
  ['a creation of what was there', plan([edited({ actions: ['create'] })]), /its before is null/],
  ['no change that changes', plan([edited({ actions: ['no-op'] })]), /its before and after differ/],
  [
    'no change that is known later',
    plan([edited({ actions: ['no-op'], after: { a: 1 }, after_unknown: { a: true } })]),
    /its before and after differ/,
  ],
  [
    'an output that changes, and is said not to',
    plan([], { output_changes: { a: { actions: ['no-op'], before: 'a', after: 'b' } } }),
    /output\.a: .*differ/,
  ],
  ['a resource twice', plan([edited({}), edited({})]), /a_b\.it: it is there twice/],
  [
    'a member twice',
    plan([edited({})]).replace('"after":', '"after":{"a":1},"after":'),
    /two members of one name/,
  ],
  [
    'a member twice, written in two ways',
    plan([edited({})]).replace('"after":', '"\\u0061fter" :{"a":1},"after":'),
    /two members of one name/,
  ],
  ['a format of the past', plan([], { format_version: '0.2' }), /format_version is "0\.2"; expected 1\.x/],
  ['a format of the future', plan([], { format_version: '2.0' }), /format_version is "2\.0"/],
  ['a format that is no version', plan([], { format_version: '1.2\u001b[2J' }), /expected 1\.x/],
  [
    'a part of a plan',
    JSON.stringify({ format_version: '1.2', resource_changes: [] }),
    /no planned_values and no configuration/,
  ],
  ['a plan that failed', plan([], { errored: true }), /failed while planning/],
  [
    'a plan with deferred changes',
    plan([], { complete: false, deferred_changes: [{ reason: 'provider_config_unknown' }] }),
    /deferred a part/,
  ],
  ['a plan of a part', plan([], { complete: false }), /-target/],
  ['actions that are invoked', plan([], { action_invocations: [{}] }), /invokes actions/],
  ['a change without actions', plan([change('a_b', { change: { actions: [] } })]), /actions/],
  ['an action of the future', plan([change('a_b', { change: { actions: ['teleport'] } })]), /actions/],
  ['a mode of the future', plan([change('a_b', { mode: 'list' })]), /mode/],
  [
    'values nested without end',
    plan([change('a_b')]).replace('"after":{}', `"after":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
    /nested too deeply|not JSON|damaged/,
  ],
])('%s: refused in words', async (_, content, reason) => {
  const error: unknown = await judge(content).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'ERR_PLAN_UNREADABLE',
    problem: expect.stringMatching(/^the plan cannot be read: /) as string,
  });
  expect((error as Error).message).toMatch(reason);
  expect((error as { remedy: string }).remedy).not.toBe('');
  expect((error as Error).message).not.toContain('\u001b');
});

it.each([
  ['not there', 'gone.json', /^there is no plan: "[^"]*gone\.json" is not there, seen from \//],
  ['a folder', '.', /is a folder/],
])('%s: refused in words', async (_, name, reason) => {
  await expect(readPlanFile(join(folder, name))).rejects.toMatchObject({
    code: 'ERR_PLAN_UNREADABLE',
    problem: expect.stringMatching(reason) as string,
  });
});

it('cut off anywhere it is refused', async () => {
  const whole = RECORDED.plan;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
      await expect(judge(whole.slice(0, length))).rejects.toMatchObject({ code: 'ERR_PLAN_UNREADABLE' });
    }),
    { numRuns: runs(50) },
  );
});

it('of any JSON, and of any bytes, it is refused or judged and shown', async () => {
  const shaped = fc
    .record(
      {
        resource_changes: fc.jsonValue(),
        output_changes: fc.jsonValue(),
        checks: fc.jsonValue(),
        configuration: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((more) => plan([], more));
  const content = fc.oneof(shaped, fc.json(), fc.uint8Array({ maxLength: 64 }), fc.string());
  await fc.assert(
    fc.asyncProperty(content, async (content) => {
      const summary = await judge(content).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'ERR_PLAN_UNREADABLE' });
      });
      if (summary === undefined) return;
      expect(() => JSON.parse(renderSarif([summary], 'plan.json')) as unknown).not.toThrow();
      renderMarkdown([summary]);
      renderTerminal([summary]);
    }),
    { numRuns: runs(1_000) },
  );
});

it('a name that JavaScript has too hides nothing', async () => {
  const hostile = change('acme_thing', {
    address: 'module.a["__proto__"].acme_thing.it["\u202e<script>"]',
    change: { actions: ['update'], before: {}, after: {}, after_unknown: {} },
  });
  const content = plan([hostile])
    .replace('"before":{}', '"before":{"__proto__":{"admin":false}}')
    .replace('"after":{}', '"after":{"__proto__":{"admin":true}}');
  const summary = await judge(content);
  expect(summary.grade).not.toBe('routine');
  expect(Object.keys(summary.changes[0]?.attributes ?? {})).toEqual(['__proto__']);
  expect(renderMarkdown([summary])).not.toMatch(/\u202e|<script>/);
  expect(renderTerminal([summary])).not.toContain('\u202e');
});
