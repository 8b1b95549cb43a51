import { renderChanges } from '../../../../cli/src/identity/render-changes';

it('says that there is nothing to do', () => {
  expect(renderChanges('fintech-api', [], 'changed')).toBe('fintech-api: everything is as it has to be.');
});

it('shows each change with its fields, and no character that moves a cursor', () => {
  const changes = [
    { action: 'create', subject: 'client web', fields: [] },
    { action: 'update', subject: 'organisation acme\u001b[2K', fields: ['attributes.tier: "free" → "pro"'] },
  ] as const;
  expect(renderChanges('fintech-api', changes, 'would change').split('\n')).toEqual([
    'fintech-api: would change 2 things',
    '  create  client web',
    '  update  organisation acme?[2K',
    '            attributes.tier: "free" → "pro"',
  ]);
});
