import type { PolicyDiff } from './summary';

export function renderJson(diff: PolicyDiff): string {
  return `${JSON.stringify(diff, undefined, 2)}\n`;
}
