import { PortcullisError } from '../errors';
import type { StackNames } from './workspace';

/**
 * The stacks that were asked for, in the order in which they depend on each other.
 *
 * @param asked names; none means every stack of the environment.
 * @param environment the part of a stack's name after the last `-`.
 * @throws PortcullisError `ERR_SETTING` naming every stack that does not exist, and those that do.
 */
export function selectStacks(
  all: StackNames,
  asked: readonly string[],
  environment: string | undefined,
): readonly string[] {
  const unknown = asked.filter((name) => !all.includes(name));
  const chosen = all.filter(
    (name) => asked.includes(name) || (environment !== undefined && name.endsWith(`-${environment}`)),
  );
  if (unknown.length === 0 && chosen.length > 0) return chosen;
  const received =
    unknown.length > 0 ? `no stack ${unknown.join(', ')}` : `no stack of ${environment ?? 'no environment'}`;
  throw new PortcullisError(
    'ERR_SETTING',
    received,
    `give some of ${all.join(', ')}, or --environment <name>`,
  );
}
