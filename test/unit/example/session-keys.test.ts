import { sessionKeys } from '../../../example/session-keys';

test('a raised key opens at once, and seals once every instance knows it', () => {
  let now = 0;
  let changed = (): void => undefined;
  const settled = {
    accepted: [{ encryption_key: 'old' }] as [{ encryption_key: string }, ...{ encryption_key: string }[]],
    onChange: (listener: () => void) => ((changed = listener), () => undefined),
  };
  const keys = sessionKeys(settled, () => now);
  expect(keys()).toEqual(['old']);

  now = 1_000;
  settled.accepted = [{ encryption_key: 'new' }, { encryption_key: 'old' }];
  changed();
  expect(keys()).toEqual(['old', 'new']);
  now = 60_999;
  expect(keys()).toEqual(['old', 'new']);
  now = 61_000;
  expect(keys()).toEqual(['new', 'old']);

  settled.accepted = [{ encryption_key: 'new' }];
  expect(keys()).toEqual(['new']);
});

test('a change of another field leaves one key', () => {
  const accepted = [{ encryption_key: 'same' }, { encryption_key: 'same' }] as const;
  const keys = sessionKeys({ accepted: [...accepted], onChange: () => () => undefined });
  expect(keys()).toEqual(['same']);
});
