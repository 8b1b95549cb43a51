/** Secrets where people put them (test/support/plan/canaries.txt): nothing that anybody is shown holds one. */
import { readPlan } from '../../../../cli/src/plan/read-plan';
import { renderMarkdown } from '../../../../cli/src/plan/render/markdown';
import { renderSarif } from '../../../../cli/src/plan/render/sarif';
import { renderTerminal } from '../../../../cli/src/plan/render/terminal';
import { summarize } from '../../../../cli/src/plan/summary';
import { linesOf, planOf } from '../../../support/plan/listed-changes';

const canaries = linesOf('canaries.txt').map((line) => {
  const [type = '', where = '', ...change] = line.split(' | ');
  return { type, where, change: change.join(' | ') };
});

it('are planted in a list that is long enough to mean something', () => {
  expect(canaries.length).toBeGreaterThanOrEqual(60);
});

it.each(canaries)('$type: $where', async ({ type, change }) => {
  expect(change).toContain('CANARY');
  const summary = await summarize('edge-dev', readPlan(planOf(type, change)));
  expect(summary.judged).toHaveLength(1);
  const shown = [renderTerminal([summary]), renderMarkdown([summary]), renderSarif([summary], 'a.ts')];
  expect([...shown, JSON.stringify(summary)].join('\n')).not.toContain('CANARY');
});
