/** The shop's secrets on a real OpenBao and PostgreSQL, beside what its platform team keeps there, for as long as it lives. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { findOpenBao } from '../../cli/src/engines/programs/openbao';
import { engineEnvironment, findOpenTofu } from '../../cli/src/engines/programs/opentofu';
import { provideProviders, VAULT_PROVIDER } from '../../cli/src/engines/programs/providers';
import { Run } from '../../cli/src/engines/process/run';
import { VaultClient } from '../../cli/src/engines/vault-client';
import { databaseUrl, withClient } from '../../cli/src/local/postgres-admin';
import { startOpenBao } from '../../cli/src/local/servers/openbao';
import { startPostgres, type PostgresServer } from '../../cli/src/local/servers/postgres';
import { until } from '../support/until';
import { Shop } from './shop';

const ENVIRONMENTS = ['dev', 'prod'] as const;
const STACKS = ENVIRONMENTS.map((name) => `vault-${name}`);
const BOOTSTRAP = 'of-the-first-deploy';

let run: Run;
let shop: Shop;
let admin: VaultClient;
let postgres: PostgresServer;

beforeAll(async () => {
  run = await Run.open();
  const context = { run, cache: new EngineCache(), note: () => undefined };
  const engine = await findOpenTofu(context);
  const configuration = await provideProviders(context, engine, [VAULT_PROVIDER]);
  const vault = await startOpenBao(run, { binary: await findOpenBao(context) });
  postgres = await startPostgres(run);
  admin = new VaultClient(vault.address, vault.rootToken);
  await makeDatabase();
  await makeSharedThings();
  shop = await Shop.open(run, {
    engine,
    variables: {
      ...engineEnvironment(),
      ...(configuration !== undefined && { TF_CLI_CONFIG_FILE: configuration }),
      VAULT_ADDR: vault.address,
      VAULT_TOKEN: vault.rootToken,
      POSTGRES_PORT: String(postgres.port),
    },
  });
}, 900_000);

afterAll(() => run.close(), 30_000);

/** What the shop's database administrator made: the database, the group role of the service, Vault's own users. */
async function makeDatabase(): Promise<void> {
  await withClient(postgres.adminUrl, async (query) => {
    await query('create database shop');
    await query('create role shop_app nologin');
    for (const name of ENVIRONMENTS) {
      await query(`create role vault_${name} login createrole password '${BOOTSTRAP}'`);
      await query(`grant connect on database shop to vault_${name}`);
      await query(`grant pg_signal_backend to vault_${name}`);
      await query(`grant shop_app to vault_${name} with admin option`);
    }
  });
}

/** What the platform team made. */
async function makeSharedThings(): Promise<void> {
  await admin.write('sys/mounts/shared', { type: 'kv', options: { version: '2' } });
  // An engine of KV that was just mounted is not ready for a moment.
  await until(() => admin.write('shared/data/exchange-rates', { data: { eur: '1.08' } }));
  await admin.write('sys/auth/machines', { type: 'approle' });
  await admin.write('auth/machines/role/theirs', { token_ttl: 60 });
}

const theirs = async () => ({
  rates: (await admin.read('shared/data/exchange-rates')).data?.data,
  role: (await admin.read('auth/machines/role/theirs/role-id')).data,
});

const deploy = async (variables: NodeJS.ProcessEnv = {}): Promise<void> => {
  for (const stack of STACKS) await shop.apply(stack, variables);
};
const SECRETS = {
  TF_VAR_orders_config: JSON.stringify({ encryption_key: 'of-the-shop' }),
  TF_VAR_postgres_password: BOOTSTRAP,
};

const changes = async (): Promise<string[]> =>
  (await Promise.all(STACKS.map((stack) => shop.changes(stack)))).flat();

interface Leased {
  readonly lease: string;
  readonly user: string;
  readonly password: string;
}

async function lease(): Promise<Leased> {
  const { lease_id, data } = await admin.read<{ lease_id: string; data: Record<string, string> }>(
    'shop-dev-database/creds/orders',
  );
  return { lease: lease_id, user: data.username ?? '', password: data.password ?? '' };
}

async function asks({ user, password }: Leased): Promise<unknown> {
  const url = new URL(databaseUrl(postgres.adminUrl, 'shop'));
  Object.assign(url, { username: user, password });
  return withClient(url.href, async (query) => (await query('select current_user as who'))[0]?.who);
}

/** What the shop keeps: an entry of the deploy's, one that people wrote, and a user at work. */
async function kept({ lease: id, user }: Leased) {
  return {
    config: (await admin.read('shop-dev/data/orders/config')).data?.data,
    limits: (await admin.read('shop-dev/data/payments/limits')).data?.data,
    lease: ((await admin.write('sys/leases/lookup', { lease_id: id })).data as { id: string }).id,
    role: (await admin.read('auth/machines/role/orders-dev/role-id')).data,
    user,
  };
}

describe('the shop', () => {
  let working: Leased;
  let before: Awaited<ReturnType<typeof kept>>;
  let platform: Awaited<ReturnType<typeof theirs>>;

  it('compiles with the packages as they are published', async () => {
    expect(await shop.complaints()).toBe('');
  }, 300_000);

  it('is deployed twice, beside what the platform team has', async () => {
    platform = await theirs();
    await shop.synthesize('first');
    await deploy(SECRETS);
    expect(await theirs()).toEqual(platform);
    expect(await changes()).toEqual([]);
    await admin.write('shop-dev/data/payments/limits', { data: { acme: '500/1m' } });
    working = await lease();
    before = await kept(working);
    expect(before.config).toEqual({ encryption_key: 'of-the-shop' });
    expect(await asks(working)).toBe(working.user);
    // Nobody knows the password of the first deploy any more.
    await expect(asks({ ...working, user: 'vault_dev', password: BOOTSTRAP })).rejects.toThrow(/password/);
  }, 600_000);

  it.each(['renamed', 'nested'] as const)(
    'loses nothing when its code is %s',
    async (shape) => {
      await shop.synthesize(shape);
      expect(await changes()).toEqual([]);
      await deploy();
      expect(await kept(working)).toEqual(before);
      expect(await asks(working)).toBe(working.user);
    },
    600_000,
  );

  it('loses nothing when its state is of earlier constructs, which knew things by their place', async () => {
    await shop.synthesize('first');
    for (const stack of STACKS) await asBefore(stack);
    const moved = await changes();
    expect(moved.length).toBeGreaterThan(10);
    expect(moved.filter((line) => !line.startsWith('move '))).toEqual([]);
    await deploy();
    expect(await changes()).toEqual([]);
    expect(await kept(working)).toEqual(before);
  }, 600_000);

  it('is not destroyed until somebody says so', async () => {
    for (const stack of STACKS) {
      const { code, output } = await shop.destroy(stack);
      expect(code).not.toBe(0);
      expect(output).toMatch(/prevent_destroy|cannot be destroyed/);
    }
    expect(await kept(working)).toEqual(before);
  }, 600_000);

  it('goes when it is told to, and leaves what is not its own', async () => {
    await shop.synthesize('first', { KEEP: 'false' });
    for (const name of ENVIRONMENTS) {
      // Without their connection Vault could not remove leased users any more: `portcullis secrets end-leases` says so.
      await admin.write(`sys/leases/revoke-prefix/shop-${name}-database`);
    }
    for (const stack of STACKS) expect(await shop.destroy(stack)).toMatchObject({ code: 0 });
    const mounts = Object.keys((await admin.read('sys/mounts')).data ?? {});
    expect(mounts.filter((path) => path.startsWith('shop-'))).toEqual([]);
    await expect(asks(working)).rejects.toThrow(/password|role/);
    expect(await theirs()).toEqual(platform);
  }, 600_000);
});

/** Gives everything in a stack's state the address that constructs gave it before they knew it by its name. */
async function asBefore(stack: string): Promise<void> {
  const { moved = [] } = (await shop.configuration(stack)) as { moved?: { from: string; to: string }[] };
  expect(moved.length).toBeGreaterThan(5);
  const file = join(shop.folder, 'states', `${stack}.tfstate`);
  const state = JSON.parse(await readFile(file, 'utf8')) as {
    serial: number;
    resources: { type: string; name: string; instances: { dependencies?: string[] }[] }[];
  };
  const names = new Map(moved.map(({ from, to }) => [to, from]));
  for (const resource of state.resources) {
    const from = names.get(`${resource.type}.${resource.name}`);
    if (from !== undefined) resource.name = from.slice(resource.type.length + 1);
    for (const instance of resource.instances) {
      const { dependencies } = instance;
      if (dependencies) instance.dependencies = dependencies.map((address) => names.get(address) ?? address);
    }
  }
  await writeFile(file, JSON.stringify({ ...state, serial: state.serial + 1 }));
}
