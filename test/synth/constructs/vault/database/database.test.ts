import {
  AppRoleLogin,
  DatabaseMount,
  PostgresRole,
  RUNTIME_ACL,
  SWEEP_ACL,
  RedisRole,
  SUPPORT_ACL,
  type DatabaseMountProps,
  type PostgresConnectionProps,
  type RedisConnectionProps,
} from '@portcullis/constructs';
import { TerraformVariable, type TerraformStack } from 'cdktf';
import { policy } from '../../../../../policy';
import { all, only, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';
import { postgresIn, redisIn } from '../../../../support/synth/vault-fixtures';

const postgresRoleIn = (stack: TerraformStack) =>
  new PostgresRole(stack, 'role', {
    connection: postgresIn(stack),
    name: 'fintech-api-role',
    memberOf: 'fintech_app',
  });

const shortLived = { lifetimes: { ...policy.lifetimes, credentialSeconds: 900 } };

const connection = 'vault_database_secret_backend_connection';

const endpoints = (stack: TerraformStack) =>
  Object.fromEntries(
    all(synthesize(stack), 'vault_generic_endpoint').map((endpoint) => [
      (endpoint.path as string).includes('/config/') ? 'bootstrap' : 'rotation',
      endpoint,
    ]),
  );

it('mounts the engine with one lifetime for every credential', () => {
  const synthesized = synthesize(
    (stack) => new DatabaseMount(stack, 'database', { credentialSeconds: 3_600 }),
  );
  expect(only(synthesized, 'vault_mount')).toEqual({
    path: 'database',
    type: 'database',
    default_lease_ttl_seconds: 3_600,
    max_lease_ttl_seconds: 3_600,
    audit_non_hmac_request_keys: ['reason'],
    lifecycle: { prevent_destroy: true },
  });
});

it('gives credentials the shorter life that a policy says, and an hour without one', () => {
  const life = (props: DatabaseMountProps) =>
    only(
      synthesize((stack) => new DatabaseMount(stack, 'database', props)),
      'vault_mount',
    ).max_lease_ttl_seconds;
  expect(life({})).toBe(3_600);
  expect(life({ policy: shortLived })).toBe(900);
});

it.each<[DatabaseMountProps]>([
  [{ credentialSeconds: 3_601 }],
  [{ credentialSeconds: 0 }],
  [{ credentialSeconds: '3600' as never }],
  [{ credentialSeconds: 901, policy: shortLived }],
])('refuses the life of a credential %j', (props) => {
  expect(() => new DatabaseMount(stackIn(), 'database', props)).toThrow(refusedProps('credentialSeconds'));
});

describe('PostgreSQL', () => {
  it('is reached with TLS, verified at once, with a password that is written only', () => {
    const synthesized = synthesize((stack) => postgresRoleIn(stack));
    expect(only(synthesized, connection)).toEqual({
      backend: expect.stringContaining('vault_mount.database.path') as string,
      name: 'postgres',
      allowed_roles: ['fintech-api-role'],
      verify_connection: true,
      postgresql: {
        connection_url:
          'postgresql://{{username}}:{{password}}@db.example.com:5432/fintech?sslmode=verify-full',
        username: 'vault_admin',
        username_template:
          '{{ printf "v-%s-%s-%s-%s" (.DisplayName | replace "\'" "-" | replace "\\"" "-" | replace "$" "-" | truncate 8) (.RoleName | truncate 8) (random 20) (unix_time) | truncate 63 }}',
        password_wo: '${var.postgres_admin_password}',
        password_wo_version: 1,
        password_authentication: 'scram-sha-256',
      },
      depends_on: [
        'vault_generic_endpoint.database__postgres__bootstrap',
        'terraform_data.postgres_admin_password__given',
      ],
      lifecycle: { prevent_destroy: true },
    });
  });

  it('is written without a password first, which fails by the name of the variable when there is none', () => {
    const stack = stackIn();
    postgresIn(stack);
    const { bootstrap } = endpoints(stack);
    expect(bootstrap).toMatchObject({ ignore_absent_fields: true, disable_delete: true });
    expect(bootstrap).not.toHaveProperty('disable_read');
    expect(bootstrap?.data_json).toContain('no value for the secret postgres_admin_password, version 1');
    expect(bootstrap?.data_json).toContain('"verify_connection" = false');
    expect(bootstrap?.data_json).not.toMatch(/"password/);
  });

  it('rotates the bootstrap password away when the connection is created, and when its version is raised', () => {
    const stack = stackIn();
    postgresIn(stack);
    expect(endpoints(stack).rotation).toEqual({
      path: expect.stringMatching(/^\$\{vault_mount\.\S+\.path\}\/rotate-root\/\$\{\S+\.name\}$/) as string,
      data_json: '{}',
      disable_read: true,
      disable_delete: true,
      depends_on: [expect.stringContaining(`${connection}.database__postgres__connection`)],
      lifecycle: {
        replace_triggered_by: [
          'terraform_data.database__postgres__creation',
          'terraform_data.postgres_admin_password__given',
        ],
        create_before_destroy: true,
      },
    });
    expect(synthesize(stack).text).toMatch(
      /"triggers_replace": \[\s*"\$\{vault_database_secret_backend_connection\.\S+\.id\}"\s*\]/,
    );
  });

  it('leases members of the group for exactly the lifetime, and removes them with all they held', () => {
    expect(
      only(
        synthesize((stack) => postgresRoleIn(stack)),
        'vault_database_secret_backend_role',
      ),
    ).toEqual({
      backend: expect.any(String) as string,
      name: 'fintech-api-role',
      db_name: expect.stringContaining(`${connection}.database__postgres__connection`) as string,
      default_ttl: 3_600,
      max_ttl: 3_600,
      creation_statements: [
        `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE "fintech_app";`,
      ],
      revocation_statements: [
        expect.stringContaining('ALTER ROLE "{{name}}" NOLOGIN;'),
        'COMMIT;',
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '{{name}}';",
        expect.stringContaining('REASSIGN OWNED BY "{{name}}" TO "fintech_app";'),
      ],
    });
  });

  it('has users of a role with an owner work as the owner, and leave it what they own', () => {
    const synthesized = synthesize(
      (stack) =>
        new PostgresRole(stack, 'role', {
          connection: postgresIn(stack),
          name: 'orders-migrations',
          memberOf: 'orders_app',
          owner: 'orders_owner',
        }),
    );
    const role = only(synthesized, 'vault_database_secret_backend_role');
    expect(role.creation_statements).toEqual([
      expect.stringMatching(/ IN ROLE "orders_app", "orders_owner";$/),
      'ALTER ROLE "{{name}}" SET role TO "orders_owner";',
    ]);
    expect(role.revocation_statements).toContainEqual(expect.stringContaining('TO "orders_owner";'));
  });

  it('grants leases of this role, and their revocation by path alone', () => {
    const stack = stackIn();
    postgresRoleIn(stack).grantLease(new AppRoleLogin(stack, 'login', { name: 'fintech-api' }));
    expect(only(synthesize(stack), 'vault_policy').policy).toContain(`path "database/creds/fintech-api-role" {
  capabilities = ["read"]
}

# end a lease of fintech-api-role early; the lease is named by the path alone
path "sys/leases/revoke/database/creds/fintech-api-role/*" {
  capabilities = ["update"]
  denied_parameters = {
    "lease_id" = []
  }
}
`);
  });

  it.each<[string, Partial<PostgresConnectionProps>, string]>([
    ['a user and a password for a host', { host: 'user:secret@db' }, 'host'],
    ['a path behind the host', { host: 'db/other?sslmode=disable' }, 'host'],
    ['no host', { host: '' }, 'host'],
    ['a fragment', { host: 'db#' }, 'host'],
    ['a parameter that would win over TLS', { database: 'orders?sslmode=disable' }, 'database'],
    ['an encoded parameter', { database: 'orders%3Fsslmode=disable' }, 'database'],
    ['a database that ends the URL', { database: 'orders#' }, 'database'],
    ['no database', { database: undefined as never }, 'database'],
    ['a parameter in the SSL mode', { sslMode: 'verify-full&sslmode=disable' as never }, 'sslMode'],
    ['an SSL mode that falls back to clear text', { sslMode: 'prefer' as never }, 'sslMode'],
    ['clear text to another machine', { sslMode: 'disable' }, 'sslMode'],
    [
      'clear text to what only sounds like loopback',
      { sslMode: 'disable', host: 'localhost.example.com' },
      'sslMode',
    ],
    ['a user that ends the user', { username: 'vault_admin:x@evil.example.com/' }, 'username'],
    ['a port that is none', { port: 0 }, 'port'],
    ['a port with a host', { port: '5432@evil.example.com' as never }, 'port'],
    ['a literal for a password', { bootstrapPassword: 'hunter2' as never }, 'bootstrapPassword'],
    ['no password', { bootstrapPassword: undefined as never }, 'bootstrapPassword'],
    ['a name that climbs', { name: '../sys' }, 'name'],
  ])('refuses %s', (_what, props, path) => {
    const make = () => postgresIn(stackIn(), props);
    expect(make).toThrow(refusedProps(path));
    expect(make).not.toThrow(/secret@|hunter2/);
  });

  it('connects in clear text to loopback alone', () => {
    const { postgresql } = only(
      synthesize((stack) => postgresIn(stack, { host: '127.0.0.1', sslMode: 'disable' })),
      connection,
    ) as { postgresql: { connection_url: string } };
    expect(postgresql.connection_url).toMatch(/@127\.0\.0\.1:5432\/fintech\?sslmode=disable$/);
  });

  it('encodes a database that is known only at the apply, so that it adds no parameter', () => {
    const { postgresql } = only(
      synthesize((stack) =>
        postgresIn(stack, { database: new TerraformVariable(stack, 'name', {}).stringValue }),
      ),
      connection,
    ) as { postgresql: { connection_url: string } };
    expect(postgresql.connection_url).toContain('/${urlencode(var.name)}?sslmode=verify-full');
  });

  it.each([
    'app"; DROP TABLE accounts; --',
    'app/other',
    'a'.repeat(64),
    'postgres',
    'pg_write_all_data',
    'PG_EXECUTE_SERVER_PROGRAM',
    'rds_superuser',
    '',
  ])('refuses the group %j, in memberOf and in owner', (group) => {
    const props = { connection: postgresIn(stackIn()), name: 'role', memberOf: 'app' };
    expect(() => new PostgresRole(stackIn(), 'role', { ...props, memberOf: group })).toThrow(
      refusedProps('memberOf'),
    );
    expect(() => new PostgresRole(stackIn(), 'role', { ...props, owner: group })).toThrow(
      refusedProps('owner'),
    );
  });

  it("refuses Vault's own user as a group: whoever is a member of it makes users", () => {
    const connected = postgresIn(stackIn());
    const props = { connection: connected, name: 'role', memberOf: 'vault_admin' };
    expect(() => new PostgresRole(stackIn(), 'role', props)).toThrow(refusedProps('memberOf'));
  });
});

describe('Redis', () => {
  const isGate = 'terraform_data.redis_bootstrap_password__given';

  it('is reached with TLS, with the password that was written first', () => {
    const { redis, ...rest } = only(
      synthesize((stack) => redisIn(stack)),
      connection,
    );
    expect(rest).toMatchObject({ name: 'redis', verify_connection: true });
    expect(redis).toEqual({
      host: 'redis.example.com',
      port: 6379,
      username: 'vault_admin',
      password: expect.stringMatching(
        /^\$\{jsondecode\(vault_generic_endpoint\.database__redis__bootstrap\.data_json\)\.password\}$/,
      ) as string,
      tls: true,
      ca_cert: '',
    });
  });

  it.each<[string, Partial<RedisConnectionProps>, string]>([
    ['clear text to another machine', { tls: false }, 'tls'],
    ['a word for TLS', { tls: 'no' as never }, 'tls'],
    ['a host with a port', { host: 'redis.example.com:6379' }, 'host'],
    [
      'a private key for a certificate',
      { caCertificate: '-----BEGIN PRIVATE KEY-----\nhunter2' },
      'caCertificate',
    ],
    ['a literal for a password', { bootstrapPassword: 'hunter2' as never }, 'bootstrapPassword'],
    [
      'a secret input for a throwaway',
      { bootstrapPassword: { expression: 'hunter2' } as never },
      'bootstrapPassword',
    ],
    ['a user with a space', { username: 'vault admin' }, 'username'],
  ])('refuses %s', (_what, props, path) => {
    const make = () => redisIn(stackIn(), props);
    expect(make).toThrow(refusedProps(path));
    expect(make).not.toThrow(/hunter2/);
  });

  it('keeps that password until its version is raised: other deploys have none to give', () => {
    const stack = stackIn();
    redisIn(stack);
    const { bootstrap } = endpoints(stack);
    expect(bootstrap).toMatchObject({
      ignore_absent_fields: true,
      disable_delete: true,
      depends_on: [isGate],
      lifecycle: {
        ignore_changes: ['data_json', 'disable_read', 'ignore_absent_fields'],
        replace_triggered_by: [isGate],
        create_before_destroy: true,
      },
    });
    expect(bootstrap?.data_json).toContain('var.redis_bootstrap_password');
  });

  it('rotates the bootstrap password away in the same apply', () => {
    const stack = stackIn();
    redisIn(stack);
    const { rotation } = endpoints(stack);
    expect(rotation?.path).toContain('/rotate-root/');
    expect(rotation?.depends_on).toEqual([
      expect.stringContaining(`${connection}.database__redis__connection`),
    ]);
  });

  it('leases users with exactly the rules given', () => {
    const role = only(
      synthesize((stack) => {
        new RedisRole(stack, 'role', {
          connection: redisIn(stack),
          name: 'redis-role',
          rules: ['~a:*', '+get'],
        });
      }),
      'vault_database_secret_backend_role',
    );
    expect(role).toMatchObject({
      creation_statements: ['["~a:*","+get"]'],
      default_ttl: 3_600,
      max_ttl: 3_600,
    });
  });

  it('keeps the runtime to its own keys, and the sweeping role to no key at all', () => {
    expect(RUNTIME_ACL.filter((rule) => /^[~%&]/.test(rule))).toEqual(['~portcullis:*']);
    expect(SWEEP_ACL.filter((rule) => /^[~%&]/.test(rule))).toEqual([]);
    expect([...RUNTIME_ACL, ...SWEEP_ACL]).not.toContain('+@all');
    // What a leased user saves holds that user.
    expect([...RUNTIME_ACL, ...SUPPORT_ACL, ...SWEEP_ACL]).not.toContain('+acl|save');
  });

  it('leases by the rules that this package brings', () => {
    for (const rules of [RUNTIME_ACL, SUPPORT_ACL, SWEEP_ACL]) {
      const stack = stackIn();
      expect(
        () => new RedisRole(stack, 'role', { connection: redisIn(stack), name: 'role', rules }),
      ).not.toThrow();
    }
  });

  it('refuses a name and rules at once, and never shows a password that was given as a rule', () => {
    const make = () => {
      const stack = stackIn();
      const rules = ['~a:*', '>hunter2', '+@all'];
      return new RedisRole(stack, 'role', { connection: redisIn(stack), name: 'a b', rules });
    };
    expect(make).toThrow(refusedProps('name', 'rules[1]', 'rules[2]'));
    expect(make).not.toThrow(/hunter2/);
  });
});
