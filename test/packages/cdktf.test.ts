/** A stranger's cdktf app, as its template lays it out, and the command in it, on a real OpenBao. */
import { access, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onPath } from '../../cli/src/engines/install/on-path';
import { choosePort, LOOPBACK } from '../../cli/src/engines/process/ports';
import type { VaultClient } from '../../cli/src/engines/vault-client';
import { useOpenBao, useRun } from '../support/engines';
import { lockingFrom } from '../support/locking';
import { findWorkflowLinters } from '../support/programs/workflow-linters';
import type { Consumer, Outcome } from './consumer';
import { engineContext, prepareDeployment } from './deployment';
import { useMarket } from './market';

const CDKTF = ['cdktf@0.21.0', 'constructs@10.8.1', '@cdktf/provider-vault@15.6.1'];
const GITHUB = '@cdktf/provider-github@15.3.1';
const JEST = ['jest@30', 'ts-jest@29', 'ts-node@10', 'typescript@5.9', '@types/jest@30', '@types/node@20'];

/** Generous: what is slower than this is broken. */
const MOST_SECONDS = 240;

const market = useMarket();
const run = useRun();
const openBao = useOpenBao();

describe('a cdktf app, as its template lays it out', () => {
  let consumer: Consumer;
  beforeAll(async () => {
    consumer = await market().installed({
      title: '@portcullis/constructs and cli, cdktf, providers, jest',
      packages: ['@portcullis/constructs', '@portcullis/cli', ...CDKTF, GITHUB, ...JEST],
      mostMegabytes: 250,
      app: 'cdktf',
    });
  });

  it('compiles, synthesizes by ts-node, and passes its own jest', async () => {
    expect(await consumer.execute('npx', ['ts-node', 'main.ts'])).toEqual({ code: 0, output: '' });
    const stack = join(consumer.folder, 'cdktf.out/stacks/orders-vault/cdk.tf.json');
    expect(await readFile(stack, 'utf8')).toContain('vault_approle_auth_backend_role');
    expect(await consumer.execute('npx', ['jest'])).toMatchObject({ code: 0 });
    expect(await consumer.execute('npx', ['tsc', '--noEmit'])).toEqual({ code: 0, output: '' });
  });

  it('has workflows that actionlint accepts, and that install and call the command as it does', async () => {
    expect(await portcullis(['workflows'])).toMatchObject({ code: 0 });
    const { actionlint, shellcheck } = await findWorkflowLinters(engineContext(run()));
    const files = ['plan', 'deploy', 'security'].map((name) => `.github/workflows/${name}.yml`);
    const lint = await consumer.execute(actionlint, ['-shellcheck', shellcheck, ...files]);
    expect(lint).toEqual({ code: 0, output: '' });
    const deploy = await readFile(join(consumer.folder, files[1]!), 'utf8');
    expect(deploy).toContain('npm ci --ignore-scripts');
    expect(deploy).toContain('npx --no-install portcullis deploy');
    expect(await portcullis(['workflows', '--check'])).toEqual({ code: 0, output: '' });
  });

  describe('on a real OpenBao', () => {
    let engine: string;
    let variables: NodeJS.ProcessEnv;
    let admin: VaultClient;
    let original: string;
    let first: { lock: Outcome; plan: Outcome; apply: Outcome };
    let changed: Outcome;

    beforeAll(async () => {
      const deployment = await prepareDeployment(run(), openBao());
      ({ engine, admin } = deployment);
      variables = { ...deployment.variables, TERRAFORM_BINARY_NAME: engine };
      original = await readFile(join(consumer.folder, 'main.ts'), 'utf8');

      const lock = await portcullis(['lock', '-e', 'live'], {
        ...variables,
        ...(await lockingFrom(deployment.mirrors)),
      });
      const plan = await waited('plan', ['plan', '-e', 'live']);
      // The first deploy is an administrator's: docs/first-run.md.
      await consumer.execute('npx', ['ts-node', 'main.ts']);
      const stack = '-chdir=cdktf.out/stacks/orders-vault';
      await consumer.execute(engine, [stack, 'init', '-input=false'], variables);
      const apply = await consumer.execute(engine, [stack, 'apply', '-auto-approve'], variables);
      first = { lock, plan, apply };
      await grantRead('config', 'limits');
      changed = await waited('plan of a change', ['plan', '-e', 'live', '--out', 'reviewed.json']);
    });

    it('is planned with locked providers, and told who deploys it first', async () => {
      expect(first.lock.output).toContain('Wrote locks/orders-vault.hcl; commit it.');
      expect(first.plan.output).toContain('Vault mount orders: will be created');
      expect(first.plan.output).toContain("the first deploy is an administrator's");
      expect(first.apply).toMatchObject({ code: 0 });
      const { data: mounts } = await admin.read('sys/mounts');
      expect(mounts).toHaveProperty(['orders/']);
      expect((await admin.read('auth/approle/role/orders')).data?.token_bound_cidrs).toEqual(['127.0.0.0/8']);
    });

    it('is told in words what a change of its code does to it', () => {
      expect(changed.output).toContain('orders/data/limits');
      expect(changed.code).toBe(2);
    });

    it('has nothing applied that is not what was reviewed', async () => {
      const before = await rules();
      await grantRead('config', 'limits', 'cards');
      const reviewed = ['deploy', '--reviewed', digestOf(changed), '--changes', 'reviewed.json'];
      const { code, output } = await portcullis(reviewed, variables);
      expect(output).toContain('Not applied');
      expect(code).toBe(5);
      expect(await rules()).toBe(before);
    });

    it('has no list of changes believed that somebody edited', async () => {
      const list = await readFile(join(consumer.folder, 'reviewed.json'), 'utf8');
      await consumer.write('edited.json', list.replaceAll('limits', 'prices'));
      const edited = ['deploy', '--reviewed', digestOf(changed), '--changes', 'edited.json'];
      const { code, output } = await portcullis(edited, variables);
      expect(output).toContain(`does not hold the changes of ${digestOf(changed)}`);
      expect(code).toBe(1);
    });

    it('has the change applied by its digest, and then nothing is left to do', async () => {
      await grantRead('config', 'limits');
      const reviewed = ['deploy', '--reviewed', digestOf(changed), '--changes', 'reviewed.json'];
      const deploy = await waited('deploy', reviewed);
      expect(deploy).toMatchObject({ code: 0 });
      expect(deploy.output).toContain('Applied what was reviewed: orders-vault.');
      expect(await rules()).toContain('orders/data/limits');
      const { code, output } = await portcullis(['plan', '-e', 'live'], variables);
      expect(output).toContain('no change');
      expect(code).toBe(0);
    });

    it('is planned without a home: nobody, root included, can write below a file', async () => {
      await grantRead('config');
      const home = join(consumer.folder, 'package.json/home');
      const command = join(consumer.folder, 'node_modules/.bin/portcullis');
      const { code, output } = await consumer.execute(command, ['plan', '-e', 'live', '--json'], {
        ...variables,
        HOME: home,
      });
      expect({ output, failed: code === 1 }).toMatchObject({ failed: false });
    });

    it('says what is missing where no registry answers, and no Go is there to build a provider with', async () => {
      const programs = await run().subfolder('programs');
      for (const name of ['node', 'npx', 'sh']) await symlink((await onPath(name))!, join(programs, name));
      const registry = `${LOOPBACK}:${await choosePort(undefined, 'nobody')}`;
      // The engine itself, but for the registry that it names.
      const named = `case "$1" in providers) echo "provider[${registry}/hashicorp/vault]" ;; *) exec ${engine} "$@" ;; esac`;
      const without = join(programs, 'tofu');
      await writeFile(without, `#!/bin/sh\n${named}\n`, { mode: 0o755 });
      const settings = {
        ...variables,
        TF_CLI_CONFIG_FILE: undefined,
        PATH: programs,
        TERRAFORM_BINARY_NAME: without,
      };
      const { code, output } = await portcullis(['plan', '-e', 'live'], settings);
      const [problem, ...rest] = output.slice(output.indexOf('portcullis plan:')).split('\n');
      expect(problem).toBe(
        'portcullis plan: no go is on PATH, to build terraform-provider-vault_v5.9.0 with (ERR_ENGINE_MISSING)',
      );
      expect(rest).toEqual([`  → install Go 1.26 or newer, or make ${registry} reachable`, '']);
      expect(code).toBe(1);
    });

    const digestOf = ({ output }: Outcome): string => /digest (\S+)/.exec(output)?.[1] ?? output;

    const waited = (what: string, args: readonly string[]): Promise<Outcome> =>
      market().waited(`npx portcullis ${what}`, MOST_SECONDS, () => portcullis(args, variables));

    /** What the app's code says its login may read. */
    const grantRead = (...entries: readonly string[]): Promise<void> =>
      consumer.write(
        'main.ts',
        original.replace(
          "new KvMount(this, 'kv', { path: 'orders' }).grantRead(login, 'config');",
          `const kv = new KvMount(this, 'kv', { path: 'orders' });\n${entries
            .map((entry) => `kv.grantRead(login, '${entry}');`)
            .join('\n')}`,
        ),
      );

    const rules = async (): Promise<unknown> => (await admin.read('sys/policies/acl/orders')).data?.policy;
  });

  const portcullis = (args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
    consumer.execute('npx', ['--no-install', 'portcullis', ...args], variables);
});

describe('the command by its short name', () => {
  it('is what npx runs, and nothing of cdktf has to be there for it', async () => {
    const consumer = await market().installed({
      title: 'portcullis',
      packages: ['portcullis'],
      mostMegabytes: 80,
    });
    const { version } = JSON.parse(await readFile(join(__dirname, '../../alias/package.json'), 'utf8')) as {
      version: string;
    };
    const npx = ['--no-install', 'portcullis', '--version'];
    expect(await consumer.execute('npx', npx)).toEqual({ code: 0, output: `${version}\n` });
    const mistyped = await consumer.execute('npx', ['--no-install', 'portcullis', 'plan', '--nope']);
    expect(mistyped.output).toContain('see `npx portcullis plan --help`');
    await access(join(consumer.folder, 'node_modules/portcullis/bin.js'));
  });
});

describe('wrong peers', () => {
  it('hears which provider is missing, and how to install it', async () => {
    const consumer = await market().open();
    await consumer.install(['@portcullis/constructs', 'cdktf@0.21.0', 'constructs@10.8.1']);
    expect(await consumer.refusalOf('@portcullis/constructs')).toBe(
      '@portcullis/constructs cannot be used with the packages that are here\n' +
        '  @cdktf/provider-vault is not installed; expected ^15.0.0\n' +
        '  → npm install cdktf@^0.21.0 constructs@^10.4.2 @cdktf/provider-vault@^15.0.0\n(ERR_PEERS)\n',
    );
  });

  it('hears that its cdktf is of another version', async () => {
    const consumer = await market().open();
    const wrong = ['cdktf@0.20.11', 'constructs@10.8.1', '@cdktf/provider-vault@15.6.1'];
    await consumer.install(['--legacy-peer-deps', '@portcullis/constructs', ...wrong]);
    expect(await consumer.refusalOf('@portcullis/constructs')).toContain(
      '  cdktf is 0.20.11; expected ^0.21.0\n',
    );
  });

  it('hears that it is one of cdktn', async () => {
    const consumer = await market().open();
    await consumer.install([
      '--legacy-peer-deps',
      '@portcullis/constructs',
      'cdktn@0.24',
      'constructs@10.7.0',
    ]);
    const refusal = await consumer.refusalOf('@portcullis/constructs');
    expect(refusal).toContain('cdktf is not installed, cdktn 0.24');
    expect(refusal).toContain('npm install @portcullis/constructs-cdktn');
  });
});
