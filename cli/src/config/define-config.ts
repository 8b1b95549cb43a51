/** What `portcullis.config.ts` says about a repository: every command reads it, and nothing else of that repository. */
import type { KeycloakRealm } from '@portcullis/constructs/keycloak';
import type { RepositorySettings } from '@portcullis/constructs/github';
import { describeProblems, withCode, type Policy, type Problem } from '@portcullis/runtime/policy';
import type { Lazy } from './lazy';
import type * as Schema from './schema';

export interface ConfigInput {
  /** Name of the project: lower-case letters, digits, hyphens. @default the policy's name */
  readonly project?: string;
  /** What `definePolicy()` returned. `limits` and `secrets put` obey it. */
  readonly policy: Policy;
  /** Command that synthesizes the stacks, run in the config's folder. @default the `app` of `cdktf.json` */
  readonly app?: string;
  /** The environments, by the team's own names for them. */
  readonly environments: Readonly<Record<string, EnvironmentConfig>>;
  /** Names in Vault. @default each field's own */
  readonly vault?: VaultConfig;
  /** What `portcullis workflows` writes. A function is called when that command runs. @default it writes nothing */
  readonly repository?: Lazy<RepositorySettings>;
}

export interface EnvironmentConfig {
  /** Its stacks, as `--environment` selects them. @default those whose names end in `-<environment>` */
  readonly stacks?: readonly string[];
  /** Address of its Vault, as people reach it. `portcullis doctor` asks there. @default `VAULT_ADDR` */
  readonly vaultAddress?: string;
  /** Issuer of its tokens. @default the policy's */
  readonly issuer?: string;
  /**
   * Its Redis, as people reach it; the port is 6379 unless given. `portcullis doctor` asks there, unless `REDIS_URL` is set.
   * @default `REDIS_HOST` and `REDIS_PORT`
   */
  readonly redis?: { readonly host: string; readonly port?: number };
  /** The realm that `portcullis identity` makes. A function is called when that command runs. @default none */
  readonly realm?: Lazy<KeycloakRealm>;
  /** Whether `portcullis verify` never sends calls there that act. @default false */
  readonly protected?: boolean;
  /** What `portcullis verify` calls the API with. @default nothing: what takes a token is not verified */
  readonly verify?: VerifyConfig;
}

/** What `portcullis verify` calls the API of an environment with. No secret is in it. */
export interface VerifyConfig {
  /** By tier: a client of the environment's issuer that nobody else uses. @default none: a tier without one is not verified */
  readonly clients?: Readonly<Record<string, VerifyClient>>;
  /** Form parameters of a token request beside `grant_type` and `scope`. @default `audience` and `resource`: the policy's audience */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * Values for the parameters of routes. @default a made-up one, which the API will not find
   *
   * @example
   * examples: { 'GET /orders/:id': { id: '4711' } }
   */
  readonly examples?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * For routes with parameters: a resource of the organisation of the tier's client, and one of another.
   * @default none: whether one organisation can reach another's is not verified
   */
  readonly pairs?: readonly VerifyPair[];
  /** Environment variable with an access token that has expired. @default such a token is not verified */
  readonly expiredTokenVariable?: string;
}

/** A client that gets tokens by the client credentials grant (RFC 6749 §4.4). */
export interface VerifyClient {
  readonly clientId: string;
  /** Environment variable that holds the client's secret. */
  readonly secretVariable: string;
  /** Scopes that it can get. @default every scope of the policy */
  readonly scopes?: readonly string[];
}

/** Two resources of one route, of which a client may reach one. */
export interface VerifyPair {
  /** A route of the policy, as in `GET /orders/:id`. */
  readonly route: string;
  /** The tier whose client calls. */
  readonly tier: string;
  /** The route's parameters, for a resource of that client's organisation. */
  readonly own: Readonly<Record<string, string>>;
  /** The route's parameters, for a resource of another organisation. */
  readonly other: Readonly<Record<string, string>>;
}

export interface VaultConfig {
  /** Mount of the KV engine, version 2. @default 'secret' */
  readonly kv?: string;
  /** Mount of the database engine. @default 'database' */
  readonly database?: string;
  /** Mount of the engine whose key makes pseudonyms. @default 'pseudonyms' */
  readonly pseudonyms?: string;
  /** That key: `portcullis whois`. @default the policy's name */
  readonly pseudonymKey?: string;
  /** KV entry with the limits of single organisations, below the mount. @default '<policy>/limits' */
  readonly limitsEntry?: string;
  /** Role that leases support a user of Redis: `portcullis limits`. @default 'redis-support-role' */
  readonly supportRole?: string;
  /** Role that leases support a user of Redis that may add revocations: `portcullis revoke`. @default 'redis-revoke-role' */
  readonly revokeRole?: string;
  /** Role that leases the user that sweeps: `portcullis secrets sweep-redis`. @default 'redis-sweep-role' */
  readonly sweepRole?: string;
  /**
   * What entries of the KV engine hold, by their path below the mount: `secrets put` writes nothing that a schema refuses.
   *
   * @example
   * entries: { 'orders/config': z.object({ signing_key: z.string().min(32) }) }
   */
  readonly entries?: Readonly<Record<string, EntrySchema>>;
}

/** A zod object: what it says of each field. */
export interface EntrySchema {
  /** By the name of a field. */
  readonly shape: Readonly<Record<string, FieldSchema>>;
}

/** What zod's schemas have: anything that judges a value like that will do. */
export interface FieldSchema {
  safeParse(value: unknown): {
    readonly error?: { readonly issues: readonly { readonly message: string }[] } | undefined;
  };
}

/** Names that do not follow from the policy. */
export const DEFAULT_VAULT = {
  kv: 'secret',
  database: 'database',
  pseudonyms: 'pseudonyms',
  supportRole: 'redis-support-role',
  revokeRole: 'redis-revoke-role',
  sweepRole: 'redis-sweep-role',
  entries: {},
} as const satisfies VaultConfig;

/** A config with its defaults: what `defineConfig()` returns. */
export interface Config extends Omit<ConfigInput, 'project' | 'vault'> {
  readonly project: string;
  readonly vault: Required<VaultConfig>;
}

/** `portcullis.config.ts` is wrong. The error lists every problem, each with its path. */
export class ConfigError extends Error {
  readonly code = 'ERR_CONFIG';
  override readonly name = 'ConfigError';

  constructor(
    readonly problems: readonly Problem[],
    subject = 'the config',
  ) {
    super(withCode('ERR_CONFIG', describeProblems(subject, problems)));
  }
}

/**
 * What `portcullis.config.ts` exports by default.
 *
 * @throws ConfigError `ERR_CONFIG` with every problem at once: its path, what was received, what is expected.
 * @example
 * export default defineConfig({
 *   policy,
 *   environments: { staging: { vaultAddress: 'https://vault.staging.example.com' }, live: {} },
 * });
 */
export function defineConfig(input: ConfigInput): Config {
  // Loaded here, and zod with it: a command that finds no config does not wait for them.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { problemsOf } = require('./schema') as typeof Schema;
  const problems = problemsOf(input);
  if (problems.length > 0) throw new ConfigError(problems);
  const { policy, vault = {} } = input;
  return {
    ...input,
    project: input.project ?? policy.name,
    vault: { ...DEFAULT_VAULT, limitsEntry: `${policy.name}/limits`, pseudonymKey: policy.name, ...vault },
  };
}
