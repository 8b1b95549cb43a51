import { readPlan } from '../../../../cli/src/plan/read-plan';
import { same, show, veil, type Veiled } from '../../../../cli/src/plan/values';

describe('veil', () => {
  it.each([
    ['what the engine marks', { a: 's3cret' }, { a: true }],
    ['what is marked as a whole', { a: 's3cret' }, true],
    [
      'every item of a list of which one is marked',
      { list: ['s3cret', 's3cret too'] },
      { list: [false, true] },
    ],
    ['a password by its name', { password: 's3cret' }, {}],
    ['a write-only password by its name', { password_wo: 's3cret' }, {}],
    ['a nested secret by its name', { postgresql: [{ private_key: 's3cret' }] }, {}],
  ])('hides %s', (_, value, sensitive) => {
    expect(JSON.stringify(veil(value, [sensitive]))).toContain('(sensitive)');
    expect(JSON.stringify(veil(value, [sensitive]))).not.toMatch(/s3cret/i);
  });

  it('hides what is marked before the change, or after it', () => {
    expect(JSON.stringify(veil({ a: 's3cret' }, [{ a: true }, {}]))).not.toContain('s3cret');
    expect(JSON.stringify(veil({ a: 's3cret' }, [{}, { a: true }]))).not.toContain('s3cret');
  });

  it.each([
    ['a lifetime with a secret name', { secret_id_ttl: 600, secret_id_num_uses: 1 }],
    ['an empty password', { password: '' }],
    ['the names of policies', { token_policies: ['fintech-api'] }],
  ])('keeps %s', (_, value) => {
    expect(JSON.parse(JSON.stringify(veil(value, [])))).toEqual(value);
  });

  it('tells two secrets apart without showing either', () => {
    const secrets = (value: string) => veil({ a: value }, [{ a: true }]);
    expect(same(secrets('one'), secrets('one'))).toBe(true);
    expect(same(secrets('one'), secrets('two'))).toBe(false);
    expect(same(veil({ a: 'one' }, [{ a: true }]), { a: '(sensitive)' })).toBe(false);
  });

  it('says what is known only after the apply, which is never the same as anything', () => {
    const value = veil({}, [], { id: true }) as { id: Veiled };
    expect(show(value.id)).toBe('(known after apply)');
    expect(same(value.id, value.id)).toBe(false);
  });

  it.each([
    [null, ''],
    [null, []],
    [{}, null],
    ['', undefined],
  ] as const)('takes %j and %j for the same: not set', (one, other) => {
    expect(same(one, other)).toBe(true);
  });
});

describe('readPlan', () => {
  it.each([
    ['no JSON', 'Terraform v1.11', 'it is not JSON'],
    ['another document', '{}', 'format_version'],
    ['a format of the future', '{"format_version":"2.0"}', 'format 1.x'],
    ['a plan that failed', '{"format_version":"1.2","errored":true}', 'not complete'],
    ['a plan with deferred changes', '{"format_version":"1.2","complete":false}', 'not complete'],
  ])('refuses %s', (_, text, reason) => {
    expect(() => readPlan(text)).toThrow(reason);
  });

  it('reads a large plan', () => {
    const change = {
      actions: ['create'],
      before: null,
      after: { name: 'x'.repeat(1_000) },
      after_unknown: { id: true },
    };
    const resource_changes = Array.from({ length: 20_000 }, (_, index) => ({
      address: `vault_policy.p${index}`,
      mode: 'managed',
      type: 'vault_policy',
      change,
    }));
    expect(readPlan(JSON.stringify({ format_version: '1.2', resource_changes }))).toHaveLength(20_000);
  });
});
