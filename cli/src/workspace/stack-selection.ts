import { PortcullisError } from '../errors';
import type { App } from './find-app';
import type { StackNames } from './synthesize';

/**
 * The stacks of one environment: those that the config lists, or whose names end in its own.
 *
 * @returns none where there is no such stack.
 */
export function stacksOf(
  environment: string,
  all: StackNames,
  known: App['environments'] = {},
): readonly string[] {
  const listed = known[environment]?.stacks ?? [];
  return all.filter((name) => (listed.length > 0 ? listed.includes(name) : name.endsWith(`-${environment}`)));
}

/**
 * The stacks that were asked for, in the order in which they depend on each other.
 *
 * @param asked names of stacks; those of the environment come on top.
 * @param environment whose stacks the config lists, or whose name their names end in.
 * @param known the environments of the config. @default none
 * @throws PortcullisError `ERR_SETTING` naming every stack that does not exist, and those that do.
 */
export function selectStacks(
  all: StackNames,
  asked: readonly string[],
  environment: string | undefined,
  known: App['environments'] = {},
): readonly string[] {
  const listed = environment === undefined ? [] : (known[environment]?.stacks ?? []);
  const ofEnvironment = environment === undefined ? [] : stacksOf(environment, all, known);
  const unknown = [...asked, ...listed].filter((name) => !all.includes(name));
  const chosen = all.filter((name) => asked.includes(name) || ofEnvironment.includes(name));
  if (unknown.length === 0 && chosen.length > 0) return chosen;
  const received =
    unknown.length > 0 ? `no stack ${unknown.join(', ')}` : `no stack of ${environment ?? 'no environment'}`;
  throw new PortcullisError(
    'ERR_SETTING',
    received,
    `give some of ${all.join(', ')}, or --environment <name>`,
  );
}
