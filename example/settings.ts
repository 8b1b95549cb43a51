import type { TrustedProxies } from '@portcullis/runtime';
import { z } from 'zod';

const loopbackOrHttps = z.url({ protocol: /^https?$/ });

/** `2` hops, addresses and ranges with commas between them, or either after `forwarded:`, for proxies that write that field. */
const trustedProxies = z.string().transform((text): TrustedProxies => {
  const [, isForwarded, list = ''] = /^(forwarded:)?(.*)$/.exec(text) ?? [];
  const proxies = /^\d+$/.test(list) ? Number(list) : list.split(',').map((one) => one.trim());
  return isForwarded ? { forwarded: proxies } : proxies;
});

/** The environment variables that the fintech API reads. `SecretsManager.connect()` reads Vault's. */
const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3_000),
  HOST: z.string().default('0.0.0.0'),
  /** Which proxies are before this process: they say who a client without a token is. */
  TRUSTED_PROXIES: trustedProxies.optional(),
  /** Header in which a gateway names each request. Only of one that overwrites what clients send there. */
  REQUEST_ID_HEADER: z
    .string()
    .regex(/^[\w-]{1,100}$/)
    .optional(),
  /** What was deployed: a commit, or the digest of the image. */
  RELEASE: z
    .string()
    .regex(/^[\w.:-]{1,100}$/)
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug']).default('info'),
  /** Overrides the policy's issuer, for environments with an identity provider of their own. */
  OIDC_ISSUER_URL: loopbackOrHttps.optional(),
  /** Both are set where the identity provider is a Keycloak: its address, and the realm. */
  KEYCLOAK_URL: loopbackOrHttps.optional(),
  KEYCLOAK_REALM: z.string().min(1).optional(),
  OAUTH_AUDIENCE: z.string().min(1).optional(),
  JWKS_URI: loopbackOrHttps.optional(),
  /** Both are set where people may log in. The client's secret is in Vault: `oauth_client_secret`. */
  OAUTH_CLIENT_ID: z.string().min(1).optional(),
  OAUTH_REDIRECT_URI: loopbackOrHttps.optional(),
  DATABASE_NAME: z.string().default('fintech'),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(1_000).default(10),
  REDIS_HOST: z.string().default('127.0.0.1'),
  REDIS_PORT: z.coerce.number().int().min(1).max(65_535).default(6_379),
  /** On AWS: the role of Vault's method for the account, who tokens for it are for, and the region. */
  VAULT_AWS_ROLE: z.string().min(1).optional(),
  VAULT_AWS_AUDIENCE: z.string().min(1).optional(),
  AWS_REGION: z.string().min(1).optional(),
  /** Both are set where the Redis is ElastiCache. */
  ELASTICACHE_CACHE: z.string().min(1).optional(),
  ELASTICACHE_USER: z.string().min(1).optional(),
});

export type Settings = z.output<typeof environment>;

/** @throws Error that names every variable that is missing or wrong, never its value. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const parsed = environment.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Error(['the environment is not complete', ...problems].join('\n'));
}
