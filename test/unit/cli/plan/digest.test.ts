import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differences, parseDigest, withChanges } from '../../../../cli/src/deploy/reviewed';
import type { Change } from '../../../../cli/src/plan/change';
import { digestOf, normalized, type PlannedChange } from '../../../../cli/src/plan/digest/digest';

const mount = (after: Change['after']): Change => ({
  address: 'vault_mount.secret',
  type: 'vault_mount',
  action: 'update',
  before: { path: 'secret', description: '' },
  after: { path: 'secret', ...after },
});

const FINGERPRINT = 'f'.repeat(64);
const digest = (after: Change['after'], stack = 'vault-dev', fingerprint = FINGERPRINT): string =>
  digestOf(stack, normalized([mount(after)]), fingerprint);

describe('the digest of a plan', () => {
  it('is of one stack', () => {
    expect(digest({ description: 'a' })).not.toBe(digest({ description: 'a' }, 'vault-prod'));
    expect(parseDigest(digest({ description: 'a' }))).toMatchObject({ stack: 'vault-dev' });
  });

  it('does not depend on the order of attributes, nor on what stays the same', () => {
    expect(digest({ description: 'a', type: 'kv' })).toBe(digest({ type: 'kv', description: 'a' }));
    expect(digest({ description: 'a' })).toBe(digest({ description: 'a', accessor: null }));
  });

  it('changes with every value that is shown, and with what would run', () => {
    expect(new Set(['a', 'b', 1, true, ['a'], { a: 'a' }].map((type) => digest({ type }))).size).toBe(6);
    expect(digest({}, 'vault-dev', 'e'.repeat(64))).not.toBe(digest({}));
  });

  it('is refused in words where the reviewed plan had none', () => {
    expect(() => parseDigest('vault-dev:none')).toThrow('the plan of vault-dev has no digest');
  });

  it.each([
    '',
    'vault-dev',
    'vault-dev:abc',
    `vault dev:${'0'.repeat(64)}`,
    `:${'0'.repeat(64)}`,
    `${'0'.repeat(64)}\n`,
  ])('is refused when it is none: %j', (text) => {
    expect(() => parseDigest(text)).toThrow('give one as `npx portcullis plan` prints it');
  });
});

describe('the reviewed change list', () => {
  /** As a file has them. */
  const changes = JSON.parse(JSON.stringify(normalized([mount({ type: 'a' })]))) as PlannedChange[];
  const reviewed = parseDigest(digestOf('vault-dev', changes, FINGERPRINT));
  const file = (content: unknown): string => {
    const path = join(mkdtempSync(join(tmpdir(), 'reviewed-')), 'plan.json');
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  it('is taken when it is what the digest was made of', () => {
    const kept = file({
      grade: 'notice',
      stacks: [{ stack: 'vault-dev', digest: reviewed.digest, fingerprint: FINGERPRINT, changes }],
    });
    expect(withChanges(reviewed, kept).changes).toEqual(changes);
  });

  it('is refused when somebody changed it', () => {
    const forged = [{ ...changes[0], action: 'delete' }];
    const kept = file({
      stacks: [{ stack: 'vault-dev', digest: reviewed.digest, fingerprint: FINGERPRINT, changes: forged }],
    });
    expect(() => withChanges(reviewed, kept)).toThrow('does not hold the changes of');
  });

  it('is refused when it is of another fingerprint', () => {
    const kept = file({
      stacks: [{ stack: 'vault-dev', digest: reviewed.digest, fingerprint: 'e'.repeat(64), changes }],
    });
    expect(() => withChanges(reviewed, kept)).toThrow('does not hold the changes of');
  });

  it('tells what is new, gone and different', () => {
    const other = normalized([mount({ type: 'b' })]);
    const created = normalized([{ ...mount({}), address: 'vault_mount.new', action: 'create' }]);
    expect(differences(changes, other)).toEqual(['other than reviewed: update vault_mount.secret (type)']);
    expect(differences(changes, [])).toEqual(['no longer planned: update vault_mount.secret (type)']);
    expect(differences([], created)).toEqual(['not reviewed: create vault_mount.new']);
    expect(differences(changes, changes)).toEqual([]);
  });
});
