import { describeResult, walk } from '../../../../cli/src/journey/walk';
import type { Step } from '../../../../cli/src/journey/step';
import type { World } from '../../../../cli/src/journey/world';

const world = {} as World;
const good: Step = { title: 'good', walk: () => Promise.resolve('seen') };
const bad: Step = { title: 'bad', walk: () => Promise.reject(new Error('expected 401, received 200')) };

test('a step that fails does not hide the ones after it', async () => {
  const reported: string[] = [];
  const results = await walk([bad, good], world, ({ title }) => reported.push(title));

  expect(results.map(({ passed, detail }) => [passed, detail])).toEqual([
    [false, 'expected 401, received 200'],
    [true, 'seen'],
  ]);
  expect(reported).toEqual(['bad', 'good']);
});

test('a Ctrl-C ends the walk in the middle of a step, and begins no other', async () => {
  const controller = new AbortController();
  const begun: string[] = [];
  const endless: Step = {
    title: 'endless',
    walk: () => {
      controller.abort();
      return new Promise(() => undefined);
    },
  };
  const report = ({ title }: { title: string }): number => begun.push(title);
  await expect(walk([good, endless, good], world, report, controller.signal)).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(begun).toEqual(['good']);
});

test('a result says what was seen', () => {
  const line = describeResult({ title: 'good', passed: true, detail: 'seen', milliseconds: 12 });
  expect(line).toMatch(/good.*12 ms.*\n\s+seen/);
});
