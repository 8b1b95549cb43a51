/** `portcullis deploy` destroys what cannot be had back only if it is named, and ends leases before Vault forgets how. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { useVaultDeployment, type Outcome } from '../../vault-deployment';

const deployment = useVaultDeployment();
const CHECKOUT = join(__dirname, '../../../..');
const folder = (): string => join(deployment().folder, 'app');

function stack(resource: object): object {
  const vault = { source: 'hashicorp/vault', version: '~> 5.6' };
  return {
    terraform: {
      backend: { local: { path: join(folder(), 'shop.tfstate') } },
      required_providers: { vault },
    },
    provider: { vault: [{}] },
    resource: { terraform_data: { stays: { input: 'here' } }, ...resource },
  };
}

function things(): object {
  const { databaseUrl, bootstrap } = deployment();
  const { hostname, port } = new URL(databaseUrl);
  return stack({
    vault_mount: {
      kv: { path: 'kept', type: 'kv', options: { version: '2' } },
      lending: { path: 'lending', type: 'database' },
    },
    vault_database_secret_backend_connection: {
      postgres: {
        backend: '${vault_mount.lending.path}',
        name: 'postgres',
        allowed_roles: ['*'],
        postgresql: {
          connection_url: `postgresql://{{username}}:{{password}}@${hostname}:${port}/fintech?sslmode=disable`,
          username: 'vault_admin',
          password: bootstrap.postgres,
        },
      },
    },
    vault_database_secret_backend_role: {
      shop: {
        backend: '${vault_mount.lending.path}',
        name: 'shop',
        db_name: '${vault_database_secret_backend_connection.postgres.name}',
        creation_statements: [`CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}';`],
        revocation_statements: ['DROP ROLE "{{name}}";'],
      },
    },
  });
}

async function synthesizeLater(configuration: object): Promise<void> {
  await writeFile(join(folder(), 'out/stacks/shop/cdk.tf.json'), JSON.stringify(configuration));
}

/** As an administrator does the first time. */
async function deployed(configuration: object): Promise<void> {
  await mkdir(join(folder(), 'out/stacks/shop'), { recursive: true });
  await writeFile(join(folder(), 'cdktf.json'), JSON.stringify({ app: 'cp -R out/. "$CDKTF_OUTDIR"' }));
  await writeFile(join(folder(), 'out/manifest.json'), JSON.stringify({ stacks: { shop: {} } }));
  for (const name of ['node_modules', 'package-lock.json']) {
    await symlink(join(CHECKOUT, name), join(folder(), name));
  }
  const own = join(deployment().output, 'stacks/vault-local');
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'cdk.tf.json'), JSON.stringify(configuration));
  for (const args of [['init'], ['apply', '-auto-approve']]) {
    const { code, output } = await deployment().engineRun([...args, '-input=false', '-no-color']);
    if (code !== 0) throw new Error(output);
  }
}

const portcullis = (...args: string[]): Promise<Outcome> =>
  deployment().portcullis(args, { TSX_TSCONFIG_PATH: join(CHECKOUT, 'tsconfig.json') }, folder());

async function postgresHas(user: string): Promise<boolean> {
  const client = new Client({ connectionString: deployment().databaseUrl });
  await client.connect();
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [user]);
  await client.end();
  return rowCount === 1;
}

test('a mount deleted from the code is danger, is refused by address, and goes when it is named', async () => {
  await deployed(things());
  const { admin } = deployment();
  const { data } = await admin.read('lending/creds/shop');
  const user = String(data?.username);
  await synthesizeLater(stack({}));

  const planned = await portcullis('plan', 'shop', '--out', join(folder(), 'reviewed.json'));
  expect([planned.code, planned.output]).toEqual([4, planned.output]);
  const doomed = [
    'vault_database_secret_backend_connection.postgres',
    'vault_mount.kv',
    'vault_mount.lending',
  ];
  for (const address of doomed) expect(planned.output).toContain(`deploy wants --destroy ${address}`);
  const { stacks } = JSON.parse(await readFile(join(folder(), 'reviewed.json'), 'utf8')) as {
    stacks: [{ digest: string }];
  };
  const [{ digest }] = stacks;

  const refused = await portcullis('deploy', '--reviewed', digest, '--destroy', 'vault_mount.kv');
  expect(refused.output).toContain('Not applied: shop would destroy what cannot be had back.');
  expect(refused.output).toContain(`--destroy ${doomed[0]} ${doomed[2]}`);
  expect(refused.code).toBe(4);
  expect(Object.keys((await admin.read('sys/mounts')).data ?? {})).toEqual(
    expect.arrayContaining(['kept/', 'lending/']),
  );
  expect(await postgresHas(user)).toBe(true);

  const json = await portcullis('deploy', '--reviewed', digest, '--json');
  expect(JSON.parse(json.output.slice(json.output.indexOf('{"outcome')))).toEqual({
    outcome: 'destroys',
    applied: [],
    stack: 'shop',
    unnamed: doomed,
  });

  const applied = await portcullis('deploy', '--reviewed', digest, '--destroy', ...doomed);
  expect([applied.code, applied.output]).toEqual([0, applied.output]);
  const mounts = Object.keys((await admin.read('sys/mounts')).data ?? {});
  expect(mounts.filter((mount) => ['kept/', 'lending/'].includes(mount))).toEqual([]);
  expect(await postgresHas(user)).toBe(false);
});
