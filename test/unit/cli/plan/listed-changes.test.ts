/** Tables of changes that people can read and add to: test/support/plan. */
import { GRADES } from '../../../../cli/src/plan/grade';
import { readPlan } from '../../../../cli/src/plan/read-plan';
import { linesOf, summarize } from '../../../../cli/src/plan/summary';
import { listedChanges, type ListedChange } from '../../../support/plan/listed-changes';

async function judged({ plan }: ListedChange) {
  const summary = await summarize('edge-dev', readPlan(plan));
  return {
    grade: GRADES.indexOf(summary.grade),
    said: linesOf(summary).map(({ grade, sentence }) => `${grade} ${sentence}`),
  };
}

describe('a dangerous change is graded no lower than it deserves', () => {
  const changes = listedChanges('dangerous.txt');

  it('in a list that is long enough to mean something', () => {
    expect(changes.length).toBeGreaterThanOrEqual(150);
  });

  it.each(changes)('$type: $what: $grade', async (change) => {
    const { grade, said } = await judged(change);
    expect({ said, tooLow: grade < GRADES.indexOf(change.grade) }).toEqual({ said, tooLow: false });
  });
});

describe('an ordinary change is graded no higher than it deserves', () => {
  const changes = listedChanges('harmless.txt');

  it('in a list that is long enough to mean something', () => {
    expect(changes.length).toBeGreaterThanOrEqual(60);
  });

  it.each(changes)('$type: $what: $grade', async (change) => {
    const { grade, said } = await judged(change);
    expect({ said, tooHigh: grade > GRADES.indexOf(change.grade) }).toEqual({ said, tooHigh: false });
  });
});
