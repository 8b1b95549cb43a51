/**
 * Changes of the deployed stack `vault-local`, each with what the plan's summary has to say of it. Rows of one
 * group are planned together, so no two of them touch the same attribute.
 */
import type { Grade } from '../../../../cli/src/plan/grade';

type Resource = Record<string, unknown>;

/** What cdktf synthesized, to be changed in place. */
export interface Configuration {
  readonly resource: Record<string, Record<string, Resource>>;
  readonly variable: Record<string, Resource>;
}

export interface PlannedRow {
  readonly when: string;
  readonly change: (configuration: Configuration) => void;
  readonly grade: Grade;
  /** `subject: sentence`, as printed. */
  readonly line: string;
}

/** The one resource of a type whose attributes hold these values. */
function find({ resource }: Configuration, type: string, match: Resource = {}): Resource {
  const found = Object.values(resource[type] ?? {}).filter((attributes) =>
    Object.entries(match).every(([name, value]) => attributes[name] === value),
  );
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${JSON.stringify(match)}`);
  return found[0]!;
}

const set =
  (type: string, match: Resource, attributes: Resource): PlannedRow['change'] =>
  (configuration) =>
    void Object.assign(find(configuration, type, match), attributes);

const add =
  (type: string, name: string, attributes: Resource): PlannedRow['change'] =>
  ({ resource }) => {
    (resource[type] ??= {})[name] = attributes;
  };

const remove =
  (type: string, match: Resource = {}): PlannedRow['change'] =>
  (configuration) => {
    const gone = find(configuration, type, match);
    const left = Object.entries(configuration.resource[type] ?? {}).filter(
      ([, attributes]) => attributes !== gone,
    );
    configuration.resource[type] = Object.fromEntries(left);
  };

const appRole = (attributes: Resource) => set('vault_approle_auth_backend_role', {}, attributes);
const role = (name: string, attributes: Resource) =>
  set('vault_database_secret_backend_role', { name }, attributes);

/** The text of a policy, edited. */
const vaultPolicy =
  (edit: (text: string) => string, name = 'fintech-api'): PlannedRow['change'] =>
  (configuration) => {
    const policy = find(configuration, 'vault_policy', { name });
    policy.policy = edit(policy.policy as string);
  };

interface Recorded {
  issuer: string;
  audience: string;
  tiers: Record<string, { limit: number; windowSeconds: number }[]>;
  defaultTier: string;
  routes: Record<string, unknown>[];
  lifetimes: Record<string, number>;
  cors?: { origins: string[]; headers: string[]; credentials: boolean; maxAgeSeconds: number };
}

const CORS = { origins: ['https://app.example.com'], headers: [], credentials: true, maxAgeSeconds: 600 };

const recorded = (configuration: Configuration): Recorded => {
  const records = Object.values(configuration.resource.terraform_data ?? {});
  const record = records.find(
    ({ input }) => typeof input === 'object' && input !== null && 'policy' in input,
  );
  return (record?.input as { policy: Recorded }).policy;
};

const apiPolicy =
  (edit: (policy: Recorded) => void): PlannedRow['change'] =>
  (configuration) =>
    edit(recorded(configuration));

const route = (path: string, attributes: Resource, method = 'POST') =>
  apiPolicy(({ routes }) => {
    Object.assign(routes.find((one) => one.path === path && one.method === method) as Resource, attributes);
  });

const NEW_ROUTE = {
  scopes: [],
  cost: 1,
  onStoreFailure: 'local',
  sensitive: false,
  public: false,
  limit: true,
};

const row = (grade: Grade, line: string, when: string, change: PlannedRow['change']): PlannedRow => ({
  grade,
  line,
  when,
  change,
});

const weaker: readonly PlannedRow[] = [
  row(
    'danger',
    'AppRole fintech-api: period of tokens 1h → 24h',
    'tokens live longer',
    appRole({ token_period: 86_400 }),
  ),
  row(
    'danger',
    'AppRole fintech-api: uses of a secret ID 1 → unlimited',
    'a secret ID logs in for ever',
    appRole({ secret_id_num_uses: 0 }),
  ),
  row(
    'danger',
    'AppRole fintech-api: TTL of secret IDs 10m → unlimited',
    'a secret ID never ends',
    appRole({ secret_id_ttl: 0 }),
  ),
  row(
    'danger',
    'AppRole fintech-api: from where it lets in gains 0.0.0.0/0',
    'anyone can log in',
    appRole({ secret_id_bound_cidrs: ['127.0.0.0/8', '::1/128', '0.0.0.0/0'] }),
  ),
  row(
    'danger',
    'AppRole fintech-api: where its tokens can be used loses 127.0.0.0/8, ::1/128: now anywhere',
    'tokens are bound to no address',
    appRole({ token_bound_cidrs: [] }),
  ),
  row(
    'danger',
    "AppRole fintech-api: its tokens have Vault's default policy too",
    'the default policy comes back',
    appRole({ token_no_default_policy: false }),
  ),
  row(
    'danger',
    'AppRole fintech-api: its tokens: list of policies gains root-like',
    'tokens get another policy',
    appRole({ token_policies: ['fintech-api', 'root-like'] }),
  ),
  row(
    'danger',
    'AppRole fintech-api: maximum TTL of tokens unset → 2h',
    'a maximum above the period',
    appRole({ token_max_ttl: 7_200 }),
  ),
  row(
    'danger',
    'AppRole fintech-api: lets in without a secret ID',
    'no secret ID is asked for',
    appRole({ bind_secret_id: false }),
  ),
  row(
    'danger',
    'database role fintech-api-role: maximum TTL 1h → 24h',
    'leases live longer',
    role('fintech-api-role', { max_ttl: 86_400 }),
  ),
  row(
    'danger',
    'database role fintech-api-role: TTL 1h → unlimited',
    'leases never end',
    role('fintech-api-role', { default_ttl: 0 }),
  ),
  row(
    'danger',
    'database role fintech-api-role: what its users may do: gains CREATE ROLE "{{name}}" SUPERUSER LOGIN;',
    'leased users are superusers',
    role('fintech-api-role', { creation_statements: ['CREATE ROLE "{{name}}" SUPERUSER LOGIN;'] }),
  ),
  row(
    'danger',
    'database role redis-role: what its users may do: gains ~* +@all',
    'leased users may do anything',
    role('redis-role', { creation_statements: ['["~*","+@all"]'] }),
  ),
  row(
    'danger',
    'database connection postgres: roles that may use it gains *',
    'any role may lease',
    set(
      'vault_database_secret_backend_connection',
      { name: 'postgres' },
      { allowed_roles: ['fintech-api-role', '*'] },
    ),
  ),
  row(
    'danger',
    'database connection postgres: is no longer tried when it is written',
    'a connection is not verified',
    set('vault_database_secret_backend_connection', { name: 'postgres' }, { verify_connection: false }),
  ),
  row(
    'danger',
    'database connection redis: its password goes to another server (host 127.0.0.1 → localhost)',
    'a connection goes elsewhere',
    (configuration) => {
      const connection = find(configuration, 'vault_database_secret_backend_connection', { name: 'redis' });
      (connection.redis as Resource).host = 'localhost';
    },
  ),
  row(
    'danger',
    'Vault mount database: maximum TTL of leases 1h → 32h',
    'a mount allows longer leases',
    set('vault_mount', { path: 'database' }, { max_lease_ttl_seconds: 115_200 }),
  ),
  row(
    'danger',
    'key fintech-api: can be exported: whoever has it decrypts without a trace',
    'the key of pseudonyms may leave Vault',
    set('vault_transit_secret_backend_key', {}, { exportable: true }),
  ),
  row(
    'danger',
    'Vault mount pseudonyms: parameters that the audit log shows in clear gains plaintext',
    'the audit log shows more in clear',
    set('vault_mount', { path: 'pseudonyms' }, { audit_non_hmac_request_keys: ['reason', 'plaintext'] }),
  ),
  row(
    'danger',
    'policy fintech-api-whois: no longer has required_parameters on pseudonyms/decrypt/fintech-api',
    'a pseudonym is resolved without a reason',
    vaultPolicy((text) => text.replace(/ {2}required_parameters.*\n/, ''), 'fintech-api-whois'),
  ),
  row(
    'danger',
    'policy fintech-api: gains update on database/*',
    'a policy reaches everything of a mount',
    vaultPolicy((text) => `${text}\npath "database/*" {\n  capabilities = ["update"]\n}\n`),
  ),
  row(
    'danger',
    'policy fintech-api: gains create, sudo on sys/raw/secret',
    'a policy reaches into Vault itself',
    vaultPolicy((text) => `${text}\npath "sys/raw/secret" {\n  capabilities = ["create", "sudo"]\n}\n`),
  ),
  row(
    'danger',
    'policy fintech-api-orchestrator: no longer has max_wrapping_ttl on auth/approle/role/fintech-api/secret-id',
    'secret IDs may be wrapped for ever',
    vaultPolicy((text) => text.replace(/ {2}max_wrapping_ttl.*\n/, ''), 'fintech-api-orchestrator'),
  ),
  row(
    'danger',
    'API policy fintech-api: tier pro: 1,000 → 5,000 a minute',
    'a limit is raised',
    apiPolicy(({ tiers }) => void (tiers.pro = [{ limit: 5_000, windowSeconds: 60 }])),
  ),
  row(
    'danger',
    'API policy fintech-api: tier free: 100 a minute → 100 a second',
    'a window shrinks',
    apiPolicy(({ tiers }) => void (tiers.free = [{ limit: 100, windowSeconds: 1 }])),
  ),
  row(
    'danger',
    'API policy fintech-api: route DELETE /api/users has no scope: any token gets in',
    'a route without scope',
    apiPolicy(({ routes }) => void routes.push({ ...NEW_ROUTE, method: 'DELETE', path: '/api/users' })),
  ),
  row(
    'danger',
    'API policy fintech-api: new route GET /debug is public: no token is asked for',
    'a new public route',
    apiPolicy(
      ({ routes }) => void routes.push({ ...NEW_ROUTE, method: 'GET', path: '/debug', public: true }),
    ),
  ),
  row(
    'danger',
    'API policy fintech-api: route POST /api/reports/generate costs 20 → 1',
    'an expensive route gets cheap',
    route('/api/reports/generate', { cost: 1 }),
  ),
  row(
    'danger',
    'API policy fintech-api: route POST /api/transactions no longer asks for write:transactions',
    'a scope is dropped for another',
    route('/api/transactions', { scopes: ['read:transactions'] }),
  ),
  row(
    'danger',
    'API policy fintech-api: route POST /api/transactions/export without a store: local → open',
    'a route opens in an outage',
    route('/api/transactions/export', { onStoreFailure: 'open' }),
  ),
  row(
    'danger',
    'API policy fintech-api: route GET /api/exports/:link is no longer sensitive: open while revocations are not known',
    'a route is no longer sensitive',
    route('/api/exports/:link', { sensitive: false }, 'GET'),
  ),
  row(
    'danger',
    'API policy fintech-api: trusts tokens of another issuer: https://auth.fintech.example.com → https://evil.example.com',
    'another issuer',
    apiPolicy((policy) => void (policy.issuer = 'https://evil.example.com')),
  ),
  row(
    'danger',
    'API policy fintech-api: calls of route GET /page/:file are no longer counted',
    'calls of a public route are no longer counted',
    route('/page/:file', { limit: false }, 'GET'),
  ),
  row(
    'danger',
    'API policy fintech-api: tier anonymous is gone: calls of public routes are not counted',
    'public routes lose their limit',
    apiPolicy(({ tiers }) => {
      delete tiers.anonymous;
    }),
  ),
  row(
    'danger',
    'API policy fintech-api: pages of https://app.example.com may call it',
    'pages of another origin may call',
    apiPolicy((policy) => void (policy.cors = CORS)),
  ),
  row(
    'danger',
    'API policy fintech-api: browsers send cookies along to pages of other origins',
    'cookies come along',
    apiPolicy((policy) => void (policy.cors = CORS)),
  ),
  row(
    'danger',
    'API policy fintech-api: longest life of access tokens 15m → 1h',
    'access tokens live longer',
    apiPolicy(({ lifetimes }) => void (lifetimes.accessTokenSeconds = 3_600)),
  ),
];

const neutral: readonly PlannedRow[] = [
  row(
    'notice',
    'AppRole fintech-api: period of tokens 1h → 30m',
    'tokens live shorter',
    appRole({ token_period: 1_800 }),
  ),
  row(
    'notice',
    'AppRole fintech-api: from where it lets in loses ::1/128',
    'fewer addresses',
    appRole({ secret_id_bound_cidrs: ['127.0.0.0/8'] }),
  ),
  row(
    'notice',
    'database role redis-role: what its users may do: loses +time',
    'leased users may do less',
    (configuration) => {
      const redisRole = find(configuration, 'vault_database_secret_backend_role', { name: 'redis-role' });
      const [rules = ''] = redisRole.creation_statements as string[];
      redisRole.creation_statements = [rules.replace('"+time",', '')];
    },
  ),
  row(
    'notice',
    'database connection postgres: its password will be written (version 1 → 2)',
    "a connection's password is written again",
    (configuration) => {
      const connection = find(configuration, 'vault_database_secret_backend_connection', {
        name: 'postgres',
      });
      (connection.postgresql as Resource).password_wo_version = 2;
    },
  ),
  row(
    'notice',
    'secret fintech-api/config: will be written (version 1 → 2)',
    'a secret is written again',
    set('vault_kv_secret_v2', {}, { data_json_wo_version: 2 }),
  ),
  row(
    'notice',
    'secret input fintech_api_config: asks for a new value (version 1 → 2)',
    "a secret's version is raised",
    ({ resource }) => {
      const gate = Object.entries(resource.terraform_data ?? {}).find(
        ([name]) => name === 'fintech_api_config__given',
      );
      (gate?.[1].input as Resource).version = 2;
    },
  ),
  row(
    'notice',
    'policy fintech-api: loses read on secret/data/fintech-api/config',
    'a policy can do less',
    vaultPolicy((text) => text.replace(/path "secret\/data\/fintech-api\/config" \{[^}]*\}/, '')),
  ),
  row(
    'notice',
    'policy fintech-api: gains read on secret/data/fintech-api/flags',
    'a policy reads another entry',
    vaultPolicy((text) => `${text}\npath "secret/data/fintech-api/flags" {\n  capabilities = ["read"]\n}\n`),
  ),
  row(
    'notice',
    'authentication method jwt: is a new way to log in',
    'another way to log in',
    add('vault_auth_backend', 'second', { type: 'jwt', path: 'jwt' }),
  ),
  row(
    'notice',
    'API policy fintech-api: tier enterprise: 10,000 → 8,000 a minute',
    'a limit is lowered',
    apiPolicy(({ tiers }) => void (tiers.enterprise = [{ limit: 8_000, windowSeconds: 60 }])),
  ),
  row(
    'notice',
    'API policy fintech-api: new tier partner: 500 a minute',
    'a new tier',
    apiPolicy(({ tiers }) => void (tiers.partner = [{ limit: 500, windowSeconds: 60 }])),
  ),
  row(
    'notice',
    'API policy fintech-api: default tier free → pro',
    'another default tier',
    apiPolicy((policy) => void (policy.defaultTier = 'pro')),
  ),
  row(
    'notice',
    'API policy fintech-api: route GET /api/exports/:link is no longer listed: denied',
    'a route goes',
    apiPolicy(
      ({ routes }) =>
        void routes.splice(
          routes.findIndex(({ path }) => path === '/api/exports/:link'),
          1,
        ),
    ),
  ),
  row(
    'notice',
    'API policy fintech-api: route POST /api/transactions asks for approve:transactions too',
    'a scope is added',
    route('/api/transactions', { scopes: ['write:transactions', 'approve:transactions'] }),
  ),
];

const lost: readonly PlannedRow[] = [
  row(
    'danger',
    'secret fintech-api/config: will be destroyed: all of its versions are gone',
    'a secret goes',
    (configuration) => {
      remove('vault_kv_secret_v2')(configuration);
      // It looks whether the entry is there.
      delete configuration.resource.vault_generic_endpoint?.['secret__fintech-api--config__still-there'];
    },
  ),
  row(
    'danger',
    'policy fintech-api-orchestrator: will be destroyed: whoever has it can no longer do what it allows',
    'a policy goes',
    remove('vault_policy', { name: 'fintech-api-orchestrator' }),
  ),
  row(
    'danger',
    'database role redis-sweep-role: will be destroyed: no more users are leased by it',
    'a role goes',
    remove('vault_database_secret_backend_role', { name: 'redis-sweep-role' }),
  ),
  row(
    'danger',
    'Vault mount secret: will be destroyed and made anew: everything in it is gone, and every lease under it',
    'a mount is replaced',
    set('vault_mount', { path: 'secret' }, { type: 'generic' }),
  ),
  row(
    'danger',
    'AppRole fintech-api: will be destroyed and made anew: whoever logs in with it no longer can',
    'a role is replaced',
    appRole({ role_name: 'other' }),
  ),
  row(
    'danger',
    'database role far-too-long: maximum TTL is 48h, more than 1h',
    'a new role with long leases',
    add('vault_database_secret_backend_role', 'long', {
      name: 'far-too-long',
      backend: 'database',
      db_name: 'postgres',
      creation_statements: ['CREATE ROLE "{{name}}";'],
      default_ttl: 60,
      max_ttl: 172_800,
    }),
  ),
  row(
    'danger',
    'JWT role anyone: is bound to no claim: any token of the issuer gets in',
    'a role that any token fits',
    add('vault_jwt_auth_backend_role', 'anyone', {
      role_name: 'anyone',
      backend: 'jwt',
      user_claim: 'sub',
      role_type: 'jwt',
      bound_audiences: ['vault'],
      token_policies: ['default'],
    }),
  ),
  row(
    'unknown',
    'policy later: what it allows cannot be read from the plan',
    'a policy that depends on what is applied',
    (configuration) => {
      add('terraform_data', 'late', { input: 'read' })(configuration);
      add('vault_policy', 'later', {
        name: 'later',
        policy: 'path "a" { capabilities = ["${terraform_data.late.id}"] }',
      })(configuration);
    },
  ),
  row(
    'unknown',
    'database role redis-role: max_ttl is known only after the apply',
    'a lifetime that depends on what is applied',
    (configuration) => {
      add('terraform_data', 'ttl', { input: 60 })(configuration);
      role('redis-role', { max_ttl: '${terraform_data.ttl.output}' })(configuration);
    },
  ),
  row('notice', 'terraform_data.late: will be created', 'a value that the state keeps', () => undefined),
];

export const GROUPS: Readonly<Record<string, readonly PlannedRow[]>> = {
  'protects less than before': weaker,
  'is no weaker than before': neutral,
  'destroys, creates, or is not known yet': lost,
};
