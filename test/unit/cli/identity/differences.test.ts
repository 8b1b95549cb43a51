import { differences, merged } from '../../../../cli/src/identity/differences';

describe('differences', () => {
  it('are none where everything that is wanted is there, whatever else is', () => {
    const actual = { enabled: true, secret: 'hunter2', attributes: { theirs: '1', ours: 'x' } };
    expect(differences(actual, { enabled: true, attributes: { ours: 'x' } })).toEqual([]);
  });

  it('name each member by its path, with what it is and what it has to be', () => {
    expect(differences({ life: 300, attributes: {} }, { life: 900, attributes: { ours: 'x' } })).toEqual([
      'life: 300 → 900',
      'attributes.ours: nothing → "x"',
    ]);
  });

  it('take lists for sets, and what is empty for what is not there', () => {
    expect(differences({ uris: ['b', 'a'] }, { uris: ['a', 'b'], url: '', tier: [] })).toEqual([]);
    expect(differences({ uris: ['a'] }, { uris: [] })).toEqual(['uris: ["a"] → nothing']);
    expect(differences({ domains: [{ name: 'a' }] }, { domains: [] })).toHaveLength(1);
  });

  it('compare lists of objects by the members that are managed', () => {
    const domains = [{ name: 'a.example.com' }];
    expect(differences({ domains: [{ name: 'a.example.com', verified: true }] }, { domains })).toEqual([]);
    expect(differences({ domains: [{ name: 'b.example.com', verified: true }] }, { domains })).toEqual([
      'domains: [{"name":"b.example.com"}] → [{"name":"a.example.com"}]',
    ]);
  });

  it('show nothing that is not managed, so that no secret is shown', () => {
    const actual = { life: 300, secret: 'hunter2', config: { key: 'hunter2' } };
    expect(JSON.stringify(differences(actual, { life: 900, config: { other: 1 } }))).not.toContain('hunter2');
  });
});

it('merging keeps what is somebody else’s', () => {
  const actual = { a: 1, attributes: { theirs: 't', ours: 'old' }, uris: ['x'] };
  expect(merged(actual, { attributes: { ours: 'new' }, uris: ['y'] })).toEqual({
    ...{ a: 1, attributes: { theirs: 't', ours: 'new' }, uris: ['y'] },
  });
});
