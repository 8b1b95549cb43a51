/** Things are known by their physical names: a construct of another ID, or with another parent, is the same thing. */
import { Mount } from '@cdktf/provider-vault/lib/mount';
import {
  AwsIdentityLogin,
  AwsIdentityMethod,
  AppRoleLogin,
  AuditDevices,
  DatabaseMount,
  KvEntry,
  KvMount,
  PolicyRecord,
  PostgresConnection,
  PostgresRole,
  RUNTIME_ACL,
  RedisConnection,
  RedisRole,
  SecretVariable,
  SupportAccess,
  ThrowawayPassword,
  WrappedSecretIdMinter,
  knownAs,
} from '@portcullis/constructs';
import { DeployIdentity } from '@portcullis/constructs/github';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { policy } from '../../../../../policy';
import { idsOf, refusal, stackIn, synthesize, type Synthesized } from '../../../../support/synth/synthesize';

interface Moved {
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
}

const movedIn = ({ text }: Synthesized) => (JSON.parse(text) as Moved).moved ?? [];

/** Every construct that makes something in Vault. The names of things stay, those of constructs begin with `id`. */
function everything(scope: Construct, id: string): void {
  new PolicyRecord(scope, `${id}-policy`, { policy });
  const login = new AppRoleLogin(scope, `${id}-login`, { name: 'orders' });
  new WrappedSecretIdMinter(scope, `${id}-minter`, { login });
  new AwsIdentityLogin(scope, `${id}-aws`, {
    name: 'orders-on-aws',
    method: new AwsIdentityMethod(scope, `${id}-aws-method`, { issuer: 'https://issuer.example.com' }),
    roleArn: 'arn:aws:iam::333333333333:role/orders-task',
    audience: 'https://vault.example.com',
  });
  new SupportAccess(scope, `${id}-support`, { name: 'orders-support' });
  new AuditDevices(scope, `${id}-audit`, {
    devices: [
      { name: 'primary', filePath: '/var/log/audit.log' },
      { name: 'secondary', filePath: '/mnt/audit.log' },
    ],
  });
  new DeployIdentity(scope, `${id}-jobs`, {
    repository: 'example/orders',
    repositoryId: '1',
    audience: 'https://vault.example.com',
    roles: [{ name: 'github-deploy', bound: { environment: 'prod' }, rules: [] }],
  });
  new KvEntry(scope, `${id}-config`, {
    mount: new KvMount(scope, `${id}-secret`),
    name: 'orders/config',
    data: new SecretVariable(scope, `${id}-value`, { name: 'config', description: 'of the API', version: 1 }),
  });
  const mount = new DatabaseMount(scope, `${id}-database`);
  const postgres = new PostgresConnection(scope, `${id}-postgres`, {
    mount,
    name: 'postgres',
    host: 'db.example.com',
    database: 'orders',
    bootstrapPassword: new SecretVariable(scope, `${id}-password`, {
      name: 'password',
      description: 'bootstrap',
      version: 1,
    }),
  });
  new PostgresRole(scope, `${id}-role`, {
    connection: postgres,
    name: 'orders-role',
    memberOf: 'orders_app',
  });
  const redis = new RedisConnection(scope, `${id}-redis`, {
    mount,
    name: 'redis',
    host: 'redis.example.com',
    bootstrapPassword: new ThrowawayPassword(scope, `${id}-redis-password`, {
      name: 'redis_password',
      description: 'bootstrap',
      version: 1,
    }),
  });
  new RedisRole(scope, `${id}-redis-role`, { connection: redis, name: 'redis-role', rules: RUNTIME_ACL });
}

/** A resource as the engine sees it: cdktf's own metadata hold the construct's path. */
const withoutPlaces = ({ resource }: Synthesized): unknown =>
  JSON.parse(JSON.stringify(resource, (key, value: unknown) => (key === '//' ? undefined : value)));

it('every construct of Vault may get another ID and another parent, and changes nothing', () => {
  const before = synthesize((stack) => everything(stack, 'a'));
  const after = synthesize((stack) => everything(new Construct(new Construct(stack, 'team'), 'orders'), 'b'));
  expect(idsOf(before).length).toBeGreaterThan(30);
  expect(withoutPlaces(after)).toEqual(withoutPlaces(before));
});

it('what people know by its name has that name as its address', () => {
  expect(idsOf(synthesize((stack) => everything(stack, 'a')))).toEqual(
    expect.arrayContaining([
      'vault_approle_auth_backend_role.approle__orders',
      'vault_audit.primary',
      'vault_auth_backend.approle',
      'vault_database_secret_backend_connection.database__postgres__connection',
      'vault_database_secret_backend_role.database__redis-role',
      'vault_jwt_auth_backend_role.github__github-deploy',
      'vault_kv_secret_v2.secret__orders--config__entry',
      'vault_mount.database',
      'vault_mount.secret',
      'vault_policy.orders-support',
      'terraform_data.password__given',
    ]),
  );
});

it('leads from the address that cdktf derived to the new one, for each resource once', () => {
  const synthesized = synthesize((stack) => everything(stack, 'a'));
  const moved = movedIn(synthesized);
  expect(moved.map(({ to }) => to).sort()).toEqual(idsOf(synthesized));
  expect(moved).toContainEqual({
    from: expect.stringMatching(/^vault_mount\.a-secret_mount_[0-9A-F]{8}$/) as string,
    to: 'vault_mount.secret',
  });
  expect(new Set(moved.map(({ from }) => from)).size).toBe(moved.length);
});

it('tells names apart that differ by their separators', () => {
  const paths = ['kv', 'kv/orders', 'kv_orders', 'kv-orders', 'kv--orders', 'kv__orders', 'KV', '1kv', '_kv'];
  const ids = paths.flatMap((path) =>
    idsOf(synthesize((stack) => knownAs(new Mount(stack, 'mount', { path, type: 'kv' }), path))),
  );
  expect(new Set(ids).size).toBe(paths.length);
  for (const id of ids) expect(id).toMatch(/^vault_mount\.[a-z_][\w-]*$/i); // what engines take for a name
});

it("leaves a resource of one's own where it is, and one whose name is known only at the apply", () => {
  const synthesized = synthesize((stack) => {
    new Mount(stack, 'own', { path: 'kv', type: 'kv' });
    const path = Token.asString({ resolve: () => '${var.path}' });
    knownAs(new Mount(stack, 'later', { path, type: 'kv' }), path);
  });
  expect(idsOf(synthesized)).toEqual(['vault_mount.later', 'vault_mount.own']);
  expect(movedIn(synthesized)).toEqual([]);
});

it('refuses two things of one address, which cdktf would merge without a word', () => {
  const stack = stackIn();
  new KvMount(stack, 'theirs', { path: 'secret' });
  new Mount(stack, 'secret', { path: 'other', type: 'kv' });
  new PolicyRecord(stack, 'one', { policy });
  new PolicyRecord(stack, 'two', { policy });
  expect(() => synthesize(stack)).toThrow(
    refusal('ERR_COLLISION', {
      message: expect.stringMatching(
        /has 2 problems\n {2}test\/secret: received what test\/theirs\/mount is: both are vault_mount\.secret; .*\n {2}test\/two\/record: /,
      ) as string,
    }),
  );
});
