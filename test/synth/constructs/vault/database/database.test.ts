import {
  AppRoleLogin,
  DatabaseMount,
  PostgresRole,
  RUNTIME_ACL,
  SWEEP_ACL,
  RedisRole,
  SUPPORT_ACL,
} from '@portcullis/constructs';
import type { TerraformStack } from 'cdktf';
import { all, only, stackIn, synthesize, refusal } from '../../../../support/synth/synthesize';
import { postgresIn, redisIn } from '../../../../support/synth/vault-fixtures';

const postgresRoleIn = (stack: TerraformStack) =>
  new PostgresRole(stack, 'role', {
    connection: postgresIn(stack),
    name: 'fintech-api-role',
    memberOf: 'fintech_app',
  });

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
  });
});

describe('PostgreSQL', () => {
  it('is reached with TLS, verified at once, with a password that is written only', () => {
    const synthesized = synthesize((stack) => postgresRoleIn(stack));
    expect(only(synthesized, connection)).toEqual({
      backend: expect.stringContaining('vault_mount.database_mount') as string,
      name: 'postgres',
      allowed_roles: ['fintech-api-role'],
      verify_connection: true,
      postgresql: {
        connection_url:
          'postgresql://{{username}}:{{password}}@db.example.com:5432/fintech?sslmode=verify-full',
        username: 'vault_admin',
        password_wo: '${var.postgres_admin_password}',
        password_wo_version: 1,
        password_authentication: 'scram-sha-256',
      },
      depends_on: [
        expect.stringMatching(/^vault_generic_endpoint\.postgres_bootstrap_/),
        expect.stringMatching(/^terraform_data\.password_given_/),
      ],
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
      depends_on: [expect.stringContaining(`${connection}.postgres_connection`)],
      lifecycle: {
        replace_triggered_by: [
          expect.stringMatching(/^terraform_data\.postgres_creation_\w+$/),
          expect.stringMatching(/^terraform_data\.password_given_\w+$/),
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
      db_name: expect.stringContaining(`${connection}.postgres_connection`) as string,
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

  it.each(['user:secret@db', 'db/other?sslmode=disable', '', 'db#'])('refuses %j as a host', (host) => {
    expect(() => postgresIn(stackIn(), { host })).toThrow(refusal('ERR_HOST'));
  });

  it.each(['memberOf', 'owner'])(
    'refuses a group in %s that would end the statement it stands in',
    (prop) => {
      const props = { connection: postgresIn(stackIn()), name: 'role', memberOf: 'app' };
      const hostile = { ...props, [prop]: 'app"; DROP TABLE accounts; --' };
      expect(() => new PostgresRole(stackIn(), 'role', hostile)).toThrow(refusal('ERR_VAULT_NAME'));
    },
  );
});

describe('Redis', () => {
  const isGate = expect.stringMatching(/^terraform_data\.password_given_\w+$/) as string;

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
        /^\$\{jsondecode\(vault_generic_endpoint\.redis_bootstrap_\w+\.data_json\)\.password\}$/,
      ) as string,
      tls: true,
      ca_cert: '',
    });
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
        ignore_changes: ['data_json'],
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
    expect(rotation?.depends_on).toEqual([expect.stringContaining(`${connection}.redis_connection`)]);
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

  it.each([
    [[]],
    [['+@all']],
    [['allkeys']],
    [['~*']],
    [['>password']],
    [['nopass']],
    [['~a +get']],
    [['on']],
  ])('refuses the rules %j', (rules: string[]) => {
    const stack = stackIn();
    const connected = redisIn(stack);
    expect(() => new RedisRole(stack, 'role', { connection: connected, name: 'role', rules })).toThrow(
      refusal('ERR_REDIS_ACL'),
    );
  });

  it('never shows a password that was given as an ACL rule', () => {
    const stack = stackIn();
    const connected = redisIn(stack);
    const make = () =>
      new RedisRole(stack, 'role', { connection: connected, name: 'role', rules: ['>hunter2'] });
    expect(make).not.toThrow(/hunter2/);
  });
});
