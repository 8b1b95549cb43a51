/**
 * Environment variables that other programs use too. Whoever set them did so for those programs, so they never
 * decide which server `npm start` and `npm test` use, or how. Kept are the ones that say where programs and providers
 * come from; the local deploy obeys none of these either (`providerSource`). `generic-variables.json` lists both, for jest's configuration as well, which is no TypeScript.
 */
import generic from './generic-variables.json';

/** The ones that name a server, each with the way to name it to Portcullis. */
const SERVERS: Readonly<Record<string, string>> = {
  DATABASE_URL: '--database-url or PORTCULLIS_DATABASE_URL',
  REDIS_URL: '--redis-url or PORTCULLIS_REDIS_URL',
  VAULT_ADDR: '--vault-addr or PORTCULLIS_VAULT_ADDR',
  VAULT_TOKEN: '--vault-token-file or PORTCULLIS_VAULT_TOKEN',
  OIDC_ISSUER_URL: '--oidc-issuer-url or PORTCULLIS_OIDC_ISSUER_URL',
};

export function isGeneric(name: string): boolean {
  const { prefixes, kept, keptPrefixes } = generic;
  const startsWith = (prefix: string): boolean => name.startsWith(prefix);
  return prefixes.some(startsWith) && !kept.includes(name) && !keptPrefixes.some(startsWith);
}

/** The environment without its generic variables. */
export function withoutGenericVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isGeneric(name)));
}

/** Removes the generic variables from this process: its libraries read some of them by themselves. */
export function forgetGenericVariables(env: NodeJS.ProcessEnv = process.env): void {
  for (const name of Object.keys(env).filter(isGeneric)) Reflect.deleteProperty(env, name);
}

/**
 * One line about the servers that are named in a generic variable; nothing where none is. Never their values.
 *
 * @param canBeNamed whether a server of the user's own can be used at all: tests start each themselves.
 */
export function unusedServers(env: NodeJS.ProcessEnv, { canBeNamed = true } = {}): string | undefined {
  const set = Object.keys(SERVERS).filter((name) => env[name]);
  if (set.length === 0) return undefined;
  const ways = set.map((name) => SERVERS[name]).join(', ');
  const how = canBeNamed
    ? `to use such a server, name it with ${ways}`
    : 'tests start their servers themselves';
  return `not used: ${set.join(', ')}, which other programs use too; ${how}`;
}
