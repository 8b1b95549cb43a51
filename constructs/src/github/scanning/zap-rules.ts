import { visibleText, type Problem } from '@portcullis/runtime/policy';
import { each, shown, within } from '../../core/props/checks';
import { isZapRule } from './zap-rule-ids';

/** What a packaged scan does with the alerts of one rule. The gate by severity does not depend on it. */
export interface ZapRule {
  /** ZAP's number of the rule, as in 10038. */
  readonly id: number;
  /** `IGNORE` switches an active rule off. `INFO`, `WARN` and `FAIL` only show its alerts differently. */
  readonly level: 'IGNORE' | 'INFO' | 'WARN' | 'FAIL';
  /** Why: one line, without tabs, of at least 10 characters. */
  readonly reason: string;
}

/**
 * ZAP's actions silently leave a rules file out unless a line of it says IGNORE. So one such line is always there, about
 * a rule that does not exist.
 */
const KEEPER = '99999\tIGNORE\t(without a line that says IGNORE, the action would leave this file out)';

/** Writes the rules as ZAP reads them: number, level and reason, separated by tabs. */
export function renderZapRules(rules: readonly ZapRule[]): string {
  return [KEEPER, ...rules.map(({ id, level, reason }) => `${id}\t${level}\t(${reason})`), ''].join('\n');
}

/** Everything that is wrong with the rules. `path` is that of the list. */
export function zapRuleProblems(path: string, rules: readonly ZapRule[]): readonly Problem[] {
  return each(path, rules, (rule, at, index) =>
    within(at, rule, ({ id, reason }) => {
      const repeated = rules.findIndex((one) => (one as ZapRule | null)?.id === id) < index;
      return [
        ...(isZapRule(id)
          ? []
          : [
              {
                path: `${at}.id`,
                message: `received ${shown(id)}; expected a rule of https://www.zaproxy.org/docs/alerts/`,
              },
            ]),
        ...(repeated ? [{ path: `${at}.id`, message: `received ${id} twice; keep one` }] : []),
        ...(/^[^\t\r\n]+$/.test(reason) && visibleText(reason).length >= 10
          ? []
          : [
              {
                path: `${at}.reason`,
                message: 'expected a reason of one line, without tabs, of at least 10 characters',
              },
            ]),
      ];
    }),
  );
}
