/** A start that ends before it serves: at once, with nothing left at work. */
import { existsSync } from 'node:fs';
import type { Progress } from '../../../../cli/src/engines/progress';
import type { Run } from '../../../../cli/src/engines/process/run';
import { startEnvironment } from '../../../../cli/src/local/environment';

/** Tells which steps are at work, and does something when one begins. */
function watched(onBegin: (title: string) => void) {
  const atWork = new Set<string>();
  const failed: Record<string, unknown> = {};
  const progress: Progress = {
    async step(title, work) {
      atWork.add(title);
      const result = work(() => undefined);
      onBegin(title);
      try {
        return await result;
      } catch (error) {
        failed[title] = (error as Error).name;
        throw error;
      } finally {
        atWork.delete(title);
      }
    },
  };
  return { progress, atWork, failed };
}

it('a Ctrl-C while servers come up ends every step, as cancelled', async () => {
  const controller = new AbortController();
  const { progress, atWork, failed } = watched((title) => {
    if (title === 'OIDC provider') controller.abort();
  });
  let run: Run | undefined;
  const start = startEnvironment({
    progress,
    signal: controller.signal,
    onRun: (opened) => (run = opened),
  });
  await expect(start).rejects.toMatchObject({ name: 'AbortError' });
  expect([...atWork]).toEqual([]);
  expect(failed).toMatchObject({ 'OIDC provider': 'AbortError', PostgreSQL: 'AbortError' });
  expect(existsSync(run!.folder)).toBe(false);
});

it('a Ctrl-C before the first step begins none', async () => {
  const began: string[] = [];
  const { progress } = watched((title) => began.push(title));
  let run: Run | undefined;
  const start = startEnvironment({
    progress,
    signal: AbortSignal.abort(),
    onRun: (opened) => (run = opened),
  });
  await expect(start).rejects.toMatchObject({ name: 'AbortError' });
  expect(began).toEqual([]);
  expect(existsSync(run!.folder)).toBe(false);
});
