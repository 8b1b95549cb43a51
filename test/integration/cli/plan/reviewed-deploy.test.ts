import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useVaultDeployment, type Outcome } from '../../vault-deployment';

/** `portcullis plan` and `portcullis deploy --reviewed`, as a pipeline types them. */
describe('deploying what was reviewed', () => {
  const deployment = useVaultDeployment();
  /** Where Redis is reached by another name: one reviewable change of the stack. */
  const elsewhere = (): NodeJS.ProcessEnv => ({
    PORTCULLIS_REDIS_URL: `redis://localhost:${deployment().redis.port}`,
  });
  const file = (): string => join(deployment().folder, 'reviewed.json');
  let planned: Outcome;
  let digest: string;

  beforeAll(async () => {
    const { bootstrap } = deployment();
    const config = {
      oauth_client_secret: 'a',
      jwt_signing_key: 'b'.repeat(32),
      encryption_key: 'c'.repeat(32),
      db_host: 'd',
      db_port: '1',
    };
    const deployed = await deployment().deploy({
      TF_VAR_fintech_api_config: JSON.stringify(config),
      TF_VAR_postgres_admin_password: bootstrap.postgres,
      TF_VAR_redis_bootstrap_password: bootstrap.redis,
    });
    if (deployed.code !== 0) throw new Error(deployed.output);
    planned = await portcullis(['plan', '--environment', 'local', '--out', file()], elsewhere());
    digest = /digest (\S+)/.exec(planned.output)?.[1] ?? '';
  });

  it('plans nothing when nothing changed: exit code 0', async () => {
    const { code, output } = await portcullis(['plan', 'vault-local']);
    expect(output).toContain('no change');
    expect(code).toBe(0);
  });

  it('says what would change, graded by the exit code, and gives its digest', async () => {
    expect(planned.output).toContain(
      'danger  database connection redis: its password goes to another server (host 127.0.0.1 → localhost)',
    );
    expect(planned.code).toBe(4);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({
      stacks: [{ stack: 'vault-local', digest }],
    });
  });

  it('applies nothing when something else would change now, and says what: exit code 5', async () => {
    const { code, output } = await portcullis(['deploy', '--reviewed', digest, '--changes', file()]);
    expect(output).toContain('Not applied');
    expect(output).toMatch(/no longer planned: update vault_database_secret_backend_connection\S+ \(redis\)/);
    expect(code).toBe(5);
  });

  it('refuses a change list that is not the one of the digest', async () => {
    const other = `${digest.slice(0, -1)}${digest.endsWith('0') ? '1' : '0'}`;
    const { code, output } = await portcullis(
      ['deploy', '--reviewed', other, '--changes', file()],
      elsewhere(),
    );
    expect(output).toContain(`does not hold the changes of ${other}`);
    expect(code).toBe(1);
  });

  it.each([
    [
      'a digest of nothing',
      ['deploy', '--reviewed', 'vault-local'],
      'as a digest (ERR_SETTING)\n  → give one as `npm run portcullis -- plan` prints it',
    ],
    [
      'a stack that does not exist',
      ['deploy', '--reviewed', `vault-mars:${'0'.repeat(64)}`],
      'no stack vault-mars (ERR_SETTING)\n  → give some of ',
    ],
    ['an environment that does not exist', ['plan', '-e', 'mars'], 'no stack of mars'],
  ])('refuses %s with the remedy', async (_, args, problem) => {
    const { code, output } = await portcullis(args);
    expect(output).toContain(problem);
    expect(code).toBe(1);
  });

  it('applies the reviewed plan: exit code 0, and nothing is left to do', async () => {
    const applied = await portcullis(['deploy', '--reviewed', digest, '--changes', file()], elsewhere());
    expect(applied.output).toContain('Applied what was reviewed: vault-local.');
    expect(applied.code).toBe(0);
    expect(await portcullis(['plan', 'vault-local'], elsewhere())).toMatchObject({ code: 0 });
    // As every test finds it.
    expect(await deployment().deploy()).toMatchObject({ code: 0 });
  });

  function portcullis(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return deployment().portcullis(args, variables);
  }
});
