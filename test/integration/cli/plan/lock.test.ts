import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineCache } from '../../../../cli/src/engines/install/cache';
import { findOpenTofu } from '../../../../cli/src/engines/programs/opentofu';
import { provideProviders, VAULT_PROVIDER } from '../../../../cli/src/engines/programs/providers';
import { useRun } from '../../../support/engines';
import { lockingFrom } from '../../../support/locking';
import { portcullis } from '../../../support/portcullis';

/** An app of two stacks, one of them with a state that others reach; written out, for only the engine reads it. */
const STACKS = {
  'vault-shared': { s3: { bucket: 'b', key: 'k', region: 'eu-central-1' } },
  'vault-own': { local: {} },
};

describe('the providers of a stack', () => {
  const run = useRun();
  let folder: string;
  let engine: string;
  /** Names the mirror of what was built here, where no registry answers. */
  let configuration: string | undefined;

  beforeAll(async () => {
    const context = { run: run(), cache: new EngineCache(), note: () => undefined };
    engine = await findOpenTofu(context);
    configuration = await provideProviders(context, engine, [VAULT_PROVIDER]);
    folder = await mkdtemp(join(tmpdir(), 'portcullis-lock-'));
    await mkdir(join(folder, 'app'));
    await writeFile(join(folder, 'cdktf.json'), JSON.stringify({ app: 'cp -R app/. "$CDKTF_OUTDIR"' }));
    const manifest = { stacks: Object.fromEntries(Object.keys(STACKS).map((name) => [name, {}])) };
    await writeFile(join(folder, 'app', 'manifest.json'), JSON.stringify(manifest));
    for (const [name, backend] of Object.entries(STACKS)) {
      const required_providers = { vault: { source: 'hashicorp/vault', version: '~> 5.6' } };
      await mkdir(join(folder, 'app', 'stacks', name), { recursive: true });
      await writeFile(
        join(folder, 'app', 'stacks', name, 'cdk.tf.json'),
        JSON.stringify({ terraform: { backend, required_providers } }),
      );
    }
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(['plan', 'deploy'])('are pinned before %s, where the state is shared', async (command) => {
    const args = command === 'plan' ? ['vault-shared'] : ['--reviewed', `vault-shared:${'0'.repeat(64)}`];
    const { code, output } = await called([command, ...args]);
    expect(output).toContain('vault-shared keeps its state in s3');
    expect(output).toContain('run `portcullis lock vault-shared`');
    expect(code).toBe(1);
  });

  it('need no pin where the state is of one machine', async () => {
    expect(await called(['plan', 'vault-own'])).toMatchObject({ code: 0 });
  });

  it('are pinned by what the engine writes, in the folder of the app', async () => {
    expect(await lockOwn()).toContain('Wrote locks/vault-own.hcl; commit it.');
    expect(await pinned()).toMatch(/hashicorp\/vault" \{\n {2}version +=[^]*"h1:/);
    expect(await called(['plan', 'vault-own'])).toMatchObject({ code: 0 });
  });

  it('are those that were pinned, or there is no plan', async () => {
    await lockOwn();
    const other = (await pinned()).replace(/"h1:[^"]+"/g, `"h1:${'A'.repeat(43)}="`);
    await writeFile(join(folder, 'locks', 'vault-own.hcl'), other);
    const { code, output } = await called(['plan', 'vault-own']);
    expect(output).toMatch(/checksum/i);
    expect(code).toBe(1);
  });

  afterEach(() => rm(join(folder, 'locks'), { recursive: true, force: true }));

  const lockOwn = async (): Promise<string> =>
    (await called(['lock', 'vault-own'], await lockingFrom(configuration))).output;

  const pinned = (): Promise<string> => readFile(join(folder, 'locks', 'vault-own.hcl'), 'utf8');

  async function called(
    args: readonly string[],
    variables: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number | null; output: string }> {
    const env = {
      TERRAFORM_BINARY_NAME: engine,
      ...(configuration !== undefined && { TF_CLI_CONFIG_FILE: configuration }),
      ...variables,
    };
    const { code, stdout, stderr } = await portcullis(args, { cwd: folder, env });
    return { code, output: stdout + stderr };
  }
});
