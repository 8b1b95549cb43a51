import { judgeConfig, type Repository } from '../../../../cli/src/doctor/judge/config';
import { judgeMachine, type Machine } from '../../../../cli/src/doctor/judge/machine';
import { judgeTarget, type Target, type VaultFacts } from '../../../../cli/src/doctor/judge/target';
import { renderFindings } from '../../../../cli/src/doctor/render';
import type { Finding } from '../../../../cli/src/doctor/finding';
import { painter } from '../../../../cli/src/terminal/paint';

const told = (findings: readonly Finding[], state: Finding['state']): string[] =>
  findings
    .filter((one) => one.state === state)
    .map(({ found, mend }) => (mend ? `${found} → ${mend}` : found));

describe('a machine', () => {
  const machine: Machine = {
    node: '24.11.1',
    engine: { at: '/usr/bin/tofu', version: '1.12.6', named: false },
    cached: false,
    cdktfCli: { version: '0.21.0', nodePty: '@lydell/node-pty' },
  };

  it('that has everything is right', () => {
    expect(judgeMachine(machine).map(({ state }) => state)).toEqual(['right', 'right', 'right']);
  });

  it.each([
    ['20.18.3', false],
    ['20.19.0', true],
    ['21.7.3', false],
    ['22.11.0', false],
    ['22.12.0', true],
    ['26.0.0', true],
  ])('of Node %s: %j', (node, right) => {
    expect(told(judgeMachine({ ...machine, node }), 'wrong')).toHaveLength(right ? 0 : 1);
  });

  it('of Node 24 ends cdktf-cli without the override, which is named; Node 22 does not', () => {
    const cdktfCli = { version: '0.21.0', nodePty: '@cdktf/node-pty-prebuilt-multiarch' };
    expect(told(judgeMachine({ ...machine, cdktfCli }), 'wrong')).toEqual([
      'cdktf-cli 0.21.0 ends on Node 24.11.1: @cdktf/node-pty-prebuilt-multiarch has no binary for it → npm pkg set "overrides.@cdktf/node-pty-prebuilt-multiarch=npm:@lydell/node-pty@1.1.0" && npm install',
    ]);
    expect(told(judgeMachine({ ...machine, node: '22.12.0', cdktfCli }), 'wrong')).toEqual([]);
    expect(judgeMachine({ ...machine, cdktfCli: undefined })).toHaveLength(2);
  });

  it('with an old engine is wrong, without one it is not known what the first plan builds', () => {
    const old = { at: '/usr/bin/terraform', version: '1.9.8', named: false };
    expect(told(judgeMachine({ ...machine, engine: old }), 'wrong')[0]).toMatch(
      /is 1\.9\.8; expected 1\.11 or newer → install/,
    );
    expect(told(judgeMachine({ ...machine, engine: { ...old, named: true } }), 'wrong')[0]).toContain(
      'TERRAFORM_BINARY_NAME',
    );
    expect(told(judgeMachine({ ...machine, engine: undefined }), 'unknown')).toHaveLength(1);
    expect(told(judgeMachine({ ...machine, engine: undefined, cached: true }), 'wrong')).toEqual([]);
  });
});

describe('a repository', () => {
  const stack = (name: string, shared?: string, locked = false) => ({ name, shared, locked });
  const repository: Repository = {
    file: 'portcullis.config.ts',
    environments: { live: {}, test: { stacks: ['orders'] } },
    stacks: [stack('vault-live', 's3', true), stack('orders')],
    stale: [],
  };

  it('as it should be is right', () => {
    expect(judgeConfig(repository).map(({ state }) => state)).toEqual(['right', 'right', 'right']);
  });

  it('that is a cdktf app without a config is right, and says what works and what a config adds', () => {
    const app = { file: undefined, environments: {}, stacks: [stack('vault')], stale: undefined };
    expect(told(judgeConfig(app), 'right')).toEqual([
      'a cdktf.json and no portcullis.config.ts: plan, deploy and lock work with that → for environments by name, and for token, limits, revoke, verify, workflows and the others, write a portcullis.config.ts as the README of @portcullis/cli shows: the policy and environments',
      '1 stack, providers pinned where the state is shared',
    ]);
    expect(judgeConfig(app)).toHaveLength(2);
  });

  it('with a config and no app is not called wrong: an API may have no stacks', () => {
    const findings = judgeConfig({ ...repository, stacks: undefined });
    expect(told(findings, 'wrong')).toEqual([]);
    expect(told(findings, 'unknown')).toEqual([expect.stringMatching(/^no stacks: .* → .* app: 'node /)]);
  });

  it.each<[string, Partial<Repository>, string]>([
    [
      'neither a config nor an app',
      { file: undefined, stacks: undefined },
      'neither a portcullis.config.ts, here or above, nor a cdktf.json here → for an API: npx portcullis init; ',
    ],
    [
      'no config, and a shared state that is not locked',
      { file: undefined, environments: {}, stacks: [stack('vault', 's3')] },
      'nothing pins the providers of vault',
    ],
    [
      'an environment without a stack',
      { environments: { old: {} } },
      'environment old has no stack: none of vault-live, orders ends in -old → ',
    ],
    [
      'a stack that is none',
      { environments: { old: { stacks: ['orders', 'mars'] } } },
      'environment old lists mars, which no stack is called → ',
    ],
    [
      'a shared state, not locked',
      { stacks: [stack('vault-live', 's3'), stack('orders')] },
      'nothing pins the providers of vault-live, whose state is shared → npx portcullis lock vault-live',
    ],
    [
      'an app that fails',
      { stacks: { failed: 'no such module', mend: 'mend what the app says' } },
      'the stacks do not synthesize: no such module → mend what the app says',
    ],
    [
      'workflows that cannot be made',
      { stale: { failed: 'repository has 1 problem', mend: 'mend what it names' } },
      'the workflows cannot be made: repository has 1 problem → mend what it names',
    ],
    [
      'other workflows',
      { stale: ['.github/workflows/plan.yml'] },
      'not as described: .github/workflows/plan.yml → npx portcullis workflows',
    ],
  ])('with %s is wrong', (_, change, words) => {
    const [first, ...more] = told(judgeConfig({ ...repository, ...change }), 'wrong');
    expect(first).toContain(words);
    expect(more).toEqual([]);
  });
});

describe('an environment', () => {
  const issuer = 'https://auth.example.com';
  const vault: VaultFacts = {
    address: 'https://vault.example.com',
    state: 'active',
    token: { ttlSeconds: 3_600 },
    auditDevices: 2,
  };
  const target: Target = {
    environment: 'live',
    vault,
    issuer,
    identity: { issuer, keys: 2 },
    redis: { policy: 'noeviction' },
  };

  it('as it should be is right', () => {
    expect(judgeTarget(target).every(({ state }) => state === 'right')).toBe(true);
    expect(judgeTarget(target)).toHaveLength(6);
  });

  it.each<[string, Partial<Target>, string]>([
    ['no address', { vault: undefined }, 'nothing says where the Vault of live is → set VAULT_ADDR'],
    [
      'no answer',
      { vault: { unreachable: 'connect ECONNREFUSED' } },
      'Vault does not answer: connect ECONNREFUSED',
    ],
    ['a sealed Vault', { vault: { ...vault, state: 'sealed' } }, 'is sealed → bao operator unseal'],
    [
      'a Vault that is new',
      { vault: { ...vault, state: 'uninitialized' } },
      'is not initialized → bao operator init',
    ],
    ['something else', { vault: { ...vault, state: 'other' } }, 'is no Vault'],
    ['a token that ended', { vault: { ...vault, token: 'refused' } }, 'does not know the token'],
    ['a token that ends', { vault: { ...vault, token: { ttlSeconds: 60 } } }, 'the token ends in 60 s'],
    ['one audit device', { vault: { ...vault, auditDevices: 1 } }, '1 audit device; expected two'],
    ['no audit device', { vault: { ...vault, auditDevices: 0 } }, 'no audit device; expected two'],
    [
      'another issuer',
      { identity: { issuer: `${issuer}/`, keys: 1 } },
      `calls itself ${issuer}/; tokens are accepted of ${issuer}`,
    ],
    ['no keys', { identity: { issuer, keys: undefined } }, 'publishes no key'],
    [
      'no provider',
      { identity: { unreachable: 'answered 404' } },
      'the identity provider does not answer: answered 404',
    ],
    [
      'a Redis that evicts',
      { redis: { policy: 'allkeys-lru' } },
      'maxmemory-policy of Redis is allkeys-lru; expected noeviction',
    ],
  ])('with %s is wrong, and no more is said', (_, change, words) => {
    const [first, ...more] = told(judgeTarget({ ...target, ...change }), 'wrong');
    expect(first).toContain(words);
    expect(first).toContain(' → ');
    expect(more).toEqual([]);
  });

  it('that cannot be looked at from here is not called wrong', () => {
    const unseen = {
      ...target,
      vault: { ...vault, token: 'none' as const, auditDevices: undefined },
      redis: undefined,
    };
    expect(told(judgeTarget(unseen), 'wrong')).toEqual([]);
    expect(told(judgeTarget(unseen), 'unknown')).toHaveLength(3);
    expect(told(judgeTarget({ ...target, redis: { unreachable: 'timed out' } }), 'unknown')).toHaveLength(1);
  });
});

describe('the report', () => {
  const findings = judgeTarget({
    environment: 'live',
    vault: {
      unreachable: `getaddrinfo ENOTFOUND ${'very-long-name.'.repeat(3)}example.com, and words that go on and on`,
    },
    issuer: 'https://auth.example.com',
    identity: { unreachable: 'x \u001b[31m red' },
    redis: undefined,
  });

  it('has no line of more than 80 columns but for a longer word, and moves no cursor', () => {
    const report = renderFindings(findings, painter({}));
    expect(report).toContain('2 to mend.');
    for (const line of report.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    // eslint-disable-next-line no-control-regex
    expect(report).not.toMatch(/\u001b/);
  });

  it('has colours where they are wanted', () => {
    const colours = painter({ isTTY: true, hasColors: () => true });
    // eslint-disable-next-line no-control-regex
    expect(renderFindings(findings, colours)).toMatch(/\u001b\[31m✗/);
  });
});
