import { scheduleProblem } from '../../../../../constructs/src/github/scanning/schedule';

describe('the schedule of a workflow', () => {
  it.each(['0 3 * * 1', '*/5 * * * *', '0,30 * * * *', '15 4 1-7 * MON', '0 0 1 JAN *', '7/15 * * * *'])(
    'takes %s',
    (cron) => {
      expect(scheduleProblem(cron)).toBeUndefined();
    },
  );

  it.each([
    '@weekly',
    '',
    '0 3 * *',
    '0 0 3 * * 1',
    '60 3 * * 1',
    '0 24 * * 1',
    '0 3 0 * 1',
    '0 3 * 13 1',
    '0 3 * * 7',
    '0 3 * * MONDAY',
    '0 3 * * 5-1',
    '0 3 * * 1-',
    '0 3 * * ?',
    '0 3 L * *',
    '*/0 * * * *',
    '1//2 * * * *',
    '-1 3 * * 1',
    '* * * * *',
    '*/4 * * * *',
    '0,58 * * * *',
  ])('refuses %s', (cron) => {
    expect(scheduleProblem(cron)).toContain(JSON.stringify(cron));
  });
});
