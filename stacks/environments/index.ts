import type { Problem } from '@portcullis/runtime/policy';
import { EnvironmentError, type Environment } from './define-environment';
import { dev } from './dev';
import { local } from './local';
import { prod } from './prod';
import { staging } from './staging';

/**
 * Every environment, validated.
 *
 * @throws EnvironmentError with the problems of all of them, each path beginning with the environment.
 */
export function loadEnvironments(
  makers: readonly (() => Environment)[] = [local, dev, staging, prod],
): Environment[] {
  const environments: Environment[] = [];
  const problems: Problem[] = [];
  for (const make of makers) {
    try {
      environments.push(make());
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new EnvironmentError(problems);
  return environments;
}
