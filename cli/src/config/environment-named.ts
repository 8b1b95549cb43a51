/** An environment of the config, and what the variables hold that the config names. */
import { PortcullisError } from '../errors';
import type { Config, EnvironmentConfig } from './define-config';

/** @throws PortcullisError `ERR_SETTING` where there is none of that name. */
export function environmentNamed(
  { environments }: Pick<Config, 'environments'>,
  name: string,
): EnvironmentConfig {
  const found: EnvironmentConfig | undefined = Object.hasOwn(environments, name)
    ? environments[name]
    : undefined;
  if (found !== undefined) return found;
  throw new PortcullisError(
    'ERR_SETTING',
    `there is no environment ${JSON.stringify(name)} in portcullis.config.ts`,
    `name one of: ${Object.keys(environments).join(', ')}`,
  );
}

/** What an environment variable holds that the config names. @throws PortcullisError `ERR_SETTING` where it is not set. */
export function variableNamed(name: string, variables: NodeJS.ProcessEnv): string {
  const value = variables[name]?.trim();
  if (value !== undefined && value !== '') return value;
  throw new PortcullisError(
    'ERR_SETTING',
    `the environment variable ${name} is not set, which portcullis.config.ts names`,
    'set it to the secret; nothing was sent',
  );
}
