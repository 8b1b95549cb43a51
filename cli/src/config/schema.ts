/** What each part of a config must be. Every message says what was received, what is expected, and gives an example. */
import { expected, isHttpsOrLoopback, objectOf, toProblems, type Problem } from '@portcullis/runtime/policy';
import { z } from 'zod';

const text = (what: string) => z.string(expected(what)).min(1, expected(what));
const matching = (pattern: RegExp, what: string) => z.string(expected(what)).regex(pattern, expected(what));
const https = (example: string) => {
  const anUrl = expected(`an https URL such as "${example}" (http only on loopback)`);
  return z.string(anUrl).refine(isHttpsOrLoopback, anUrl);
};

/** A path in Vault, without dots and other signs by which a URL would lead elsewhere. */
const vaultPath = (example: string) =>
  matching(/^[\w-]+(\/[\w-]+)*$/, `a path in Vault such as "${example}", without a slash at its ends`);

const AN_ENVIRONMENT = '"staging" or "team-a": lower-case letters, digits, hyphens';
const A_PROJECT = 'a name such as "orders": lower-case letters, digits, hyphens';
const name = /^[a-z][a-z0-9-]{0,62}$/;

/** An object, or a function that gives one. */
const lazy = (what: string) =>
  z.custom(
    (value) => typeof value === 'function' || isObject(value),
    expected(`${what}, or a function that returns it`),
  );

const aVariable = matching(
  /^[A-Za-z_]\w*$/,
  'the name of an environment variable such as "VERIFY_PRO_SECRET"',
);
const aRoute = matching(/^[A-Z]+ \/\S*$/, 'a route of the policy such as "GET /orders/:id"');
const values = z.record(
  z.string(),
  text('a value such as "4711"'),
  expected("values of parameters such as { id: '4711' }"),
);

const verify = objectOf(
  {
    clients: z
      .record(
        z.string(),
        objectOf(
          {
            clientId: text('a client ID such as "verify-pro"'),
            secretVariable: aVariable,
            scopes: z.array(text('a scope'), expected("a list such as ['read:orders']")).optional(),
          },
          "{ clientId: 'verify-pro', secretVariable: 'VERIFY_PRO_SECRET' }",
        ),
        expected(
          "clients by tier, as in { pro: { clientId: 'verify-pro', secretVariable: 'VERIFY_PRO_SECRET' } }",
        ),
      )
      .optional(),
    parameters: z
      .record(z.string(), z.string(expected('a text')), expected("{ audience: 'https://api.example.com' }"))
      .optional(),
    examples: z.record(aRoute, values, expected("{ 'GET /orders/:id': { id: '4711' } }")).optional(),
    pairs: z
      .array(
        objectOf(
          { route: aRoute, tier: text('a tier such as "pro"'), own: values, other: values },
          "{ route: 'GET /orders/:id', tier: 'pro', own: { id: '1' }, other: { id: '2' } }",
        ),
        expected('a list of pairs'),
      )
      .optional(),
    expiredTokenVariable: aVariable.optional(),
  },
  "{ clients: { pro: { clientId: 'verify-pro', secretVariable: 'VERIFY_PRO_SECRET' } } }",
);

const environment = objectOf(
  {
    stacks: z
      .array(
        matching(/^[\w-]+$/, 'the name of a stack such as "vault-staging"'),
        expected("a list such as ['vault-staging']"),
      )
      .min(1, expected("a list such as ['vault-staging']"))
      .optional(),
    vaultAddress: https('https://vault.staging.example.com').optional(),
    issuer: https('https://auth.staging.example.com').optional(),
    redis: objectOf(
      {
        host: matching(/^[\w.:-]+$/, 'a host name such as "redis.staging.example.com", without port or user'),
        port: z.int(expected('a port such as 6379')).min(1).max(65_535).optional(),
      },
      "{ host: 'redis.staging.example.com' }",
    ).optional(),
    realm: lazy('what keycloakRealm() returns').optional(),
    protected: z.boolean(expected('true or false')).optional(),
    verify: verify.optional(),
  },
  "{ vaultAddress: 'https://vault.staging.example.com' }, or {}",
);

const vault = objectOf(
  {
    kv: vaultPath('secret').optional(),
    database: vaultPath('database').optional(),
    pseudonyms: vaultPath('pseudonyms').optional(),
    pseudonymKey: vaultPath('orders').optional(),
    limitsEntry: vaultPath('orders/limits').optional(),
    supportRole: vaultPath('redis-support-role').optional(),
    revokeRole: vaultPath('redis-revoke-role').optional(),
    sweepRole: vaultPath('redis-sweep-role').optional(),
    entries: z
      .record(
        z.string(),
        z.custom(hasShape, expected('a zod object such as z.object({ signing_key: z.string().min(32) })')),
        expected("{ 'orders/config': z.object({ signing_key: z.string().min(32) }) }"),
      )
      .optional(),
  },
  "{ kv: 'secret', database: 'database' }",
);

const config = objectOf(
  {
    project: matching(name, A_PROJECT).optional(),
    policy: z.custom(isPolicy, expected('what definePolicy() returned, as in policy: definePolicy({ … })')),
    app: text('a command such as "node --require tsx/cjs stacks/main.ts"').optional(),
    environments: z
      .record(z.string(), environment, expected('{ staging: {}, production: {} }'))
      .superRefine((environments, context) => {
        const names = Object.keys(environments);
        if (names.length === 0)
          context.addIssue({
            code: 'custom',
            message: 'received {}; expected one at least, as in { staging: {} }',
          });
        for (const wrong of names.filter((one) => !name.test(one)))
          context.addIssue({
            code: 'custom',
            path: [wrong],
            message: `received ${JSON.stringify(wrong)}; expected a name such as ${AN_ENVIRONMENT}`,
          });
      }),
    vault: vault.optional(),
    repository: lazy('{ delivery, scanning, codeOwners }').optional(),
  },
  'what defineConfig() takes: { policy, environments }',
);

/** Everything that is wrong with a config. */
export function problemsOf(input: unknown): Problem[] {
  return config.safeParse(input).error?.issues.flatMap(toProblems) ?? [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPolicy(value: unknown): boolean {
  return (
    isObject(value) && typeof value.name === 'string' && Array.isArray(value.routes) && isObject(value.tiers)
  );
}

function hasShape(value: unknown): boolean {
  return isObject(value) && isObject(value.shape);
}
