import type { AwsEnvironment } from '../../stacks/environments/define-environment';
import { describeInChromium, useChromium } from '../support/chromium';
import { withoutContainers } from '../support/containers/docker-programs';
import { describeUnless } from '../support/skipped';
import { logInAndOut, resolving } from './people';
import type { Task } from './task';
import { useSurroundings } from './use-surroundings';

/** An environment of which one task runs as its definition says: it starts, people log in, it answers and stops. */
export function describeServed(environment: AwsEnvironment): void {
  describeUnless(withoutContainers)(`${environment.name}, in a container`, () => {
    const surroundings = useSurroundings(environment);
    let task: Task;
    beforeAll(async () => {
      task = await surroundings().startTask();
    });

    it('answers who has a token, and nobody else', async () => {
      const url = `${surroundings().plainUrl}/api/transactions`;
      const authorization = `Bearer ${await surroundings().token('pro')}`;
      expect((await fetch(url, { headers: { authorization } })).status).toBe(200);
      expect((await fetch(url)).status).toBe(401);
    });

    describeInChromium('people', () => {
      const chromium = useChromium(resolving(environment));

      it('log in by code and PKCE, and out', async () => {
        expect(await logInAndOut(chromium(), surroundings().origin)).toContain('org-pro');
      });
    });

    it('stops in time, with 0', async () => {
      const { code, seconds } = await task.stop();
      expect(code).toBe(0);
      expect(seconds).toBeLessThan(task.stopSeconds);
    });
  });
}
