import { readLimit } from '../../../../runtime/src/policy';

describe('a limit in words', () => {
  it.each([
    ['5000/1m', { limit: 5_000, windowSeconds: 60 }],
    [' 10/2h ', { limit: 10, windowSeconds: 7_200 }],
  ])('%s is read', (text, limit) => expect(readLimit(text)).toEqual(limit));

  it.each(['', '5000', '0/1m', '-1/1m', '1.5/1m', '5000/0m', '5000/1w', '5000/1m/2', '1e3/1m', '5000 1m'])(
    '%j is none',
    (text) => expect(readLimit(text)).toBeUndefined(),
  );
});
