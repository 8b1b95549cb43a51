import { basename } from 'node:path';
import { checkPlans, type Finding, type Verdict } from '../checkov';
import type { Planned } from '../planned';
import { isAbout, suppressionsOf, typeOf } from '../suppressions';

const TIMEOUT_MS = 300_000;

export function describeRules(planned: () => Planned): void {
  describe('of the rules of checkov, each plan', () => {
    let verdict: Verdict;

    beforeAll(async () => {
      const { run, plans } = planned();
      verdict = await checkPlans(run, plans);
    }, TIMEOUT_MS);

    it('is read, and follows some', () => {
      expect(verdict.parsingErrors).toEqual([]);
      const read = new Set(verdict.passed.map(({ plan }) => plan));
      expect([...read].sort()).toEqual(
        planned()
          .plans.map((plan) => basename(plan))
          .sort(),
      );
    });

    it('breaks none that is not suppressed with a reason', () => {
      const suppressions = suppressionsOf(planned().environment.name);
      const broken = verdict.failed.filter((one) => !suppressions.some((other) => isAbout(other, one)));
      expect(broken.map(sentence)).toEqual([]);
    });

    it('breaks those that are suppressed: a reason that nobody needs any more goes', () => {
      const types = new Set([...verdict.passed, ...verdict.failed].map(typeOf));
      const unused = suppressionsOf(planned().environment.name)
        .filter(({ type }) => types.has(type))
        .filter((one) => !verdict.failed.some((finding) => isAbout(one, finding)));
      expect(unused).toEqual([]);
    });
  });
}

const sentence = ({ plan, rule, resource, name }: Finding): string => `${plan}: ${rule} ${resource}: ${name}`;
