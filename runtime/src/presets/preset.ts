/** What a preset is: the options in which one identity provider differs, to be spread beside one's own. */
import { AuthOptionsError } from '../auth/errors';
import type { ClientCredentialsOptions } from '../auth/client-credentials/options';
import type { LoginOptions } from '../auth/login/options';
import type { IssuerOptions } from '../auth/options';

/** Plain objects. What stands beside or behind them in a literal overrules them. */
export interface Preset {
  /** For `requireAuth()`, `optionalAuth()` and `bundleAuthorizer()`. */
  readonly verify: Omit<IssuerOptions, 'audience'> & Partial<Pick<IssuerOptions, 'audience'>>;
  /** For `login()`. */
  readonly login: Pick<
    LoginOptions,
    'issuer' | 'resource' | 'parameters' | 'scopes' | 'claims' | 'discoveryUrl' | 'logoutParameter'
  > & {
    readonly issuer: string;
  };
  /** For `clientCredentials()`. */
  readonly client: Pick<
    ClientCredentialsOptions,
    'issuer' | 'resource' | 'parameters' | 'scopes' | 'discoveryUrl'
  >;
}

/**
 * @param patterns for each value that has to be there, what it looks like, and an example of it.
 * @throws AuthOptionsError with every value that is missing or looks otherwise. Whatever else is wrong is found by what the
 * preset is given to.
 */
export function expectShape(
  preset: string,
  values: Readonly<Record<string, unknown>>,
  patterns: Readonly<Record<string, readonly [RegExp, string]>>,
): void {
  const problems = Object.entries(patterns).flatMap(([name, [pattern, example]]) => {
    const value = values[name];
    if (typeof value === 'string' && pattern.test(value)) return [];
    return [{ path: `${preset}().${name}`, message: `expected a text such as ${example}` }];
  });
  if (problems.length > 0) throw new AuthOptionsError(problems);
}

/** A host's name, with a port on loopback at most; what `https://` may stand before. */
export const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?$/i;
/** An address without a slash at its end. */
export const ADDRESS = /^https?:\/\/[^?#\s]*[^/?#\s]$/;
