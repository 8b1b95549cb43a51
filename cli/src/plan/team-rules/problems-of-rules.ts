import type { Problem } from '@portcullis/runtime/policy';

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** Everything that is wrong with what `portcullis.rules.ts` exports. */
export function problemsOfRules(rules: unknown): Problem[] {
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules))
    return [{ path: 'default', message: `received ${kindOf(rules)}; expected defineRules({ … })` }];
  return Object.entries(rules).flatMap(([name, rule]): Problem[] => [
    ...(NAME.test(name)
      ? []
      : [
          {
            path: name,
            message:
              'received this name; expected one such as orders-are-kept: lower-case letters, digits, hyphens',
          },
        ]),
    ...(typeof rule === 'function'
      ? []
      : [{ path: name, message: `received ${kindOf(rule)}; expected a function of a change` }]),
  ]);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'no default export';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}
