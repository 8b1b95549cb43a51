import { startTimer } from '../../../../runtime/src/time/timer';

const HOUR = 3_600_000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('a delay that setTimeout cannot hold ends at its time, and once', () => {
  const run = jest.fn();
  startTimer(768 * HOUR, run);
  jest.advanceTimersByTime(768 * HOUR - 1);
  expect(run).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1_000 * HOUR);
  expect(run).toHaveBeenCalledTimes(1);
});

it('what was cancelled never runs, in its second stretch neither', () => {
  const run = jest.fn();
  const cancel = startTimer(768 * HOUR, run);
  jest.advanceTimersByTime(700 * HOUR);
  cancel();
  jest.advanceTimersByTime(1_000 * HOUR);
  expect(run).not.toHaveBeenCalled();
});

it('keeps a process alive only when it is told to', () => {
  const timer = jest.spyOn(globalThis, 'setTimeout');
  startTimer(HOUR, () => undefined);
  startTimer(HOUR, () => undefined, true);
  const held = timer.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef());
  expect(held).toEqual([false, true]);
});
