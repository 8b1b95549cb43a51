/** An app of cdktn, by the steps of docs/cdktn.md as they stand there, on a real OpenBao. No cdktf is anywhere near. */
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { forCdktn } from '../../constructs/cdktn/for-cdktn';
import { nodesOf, parse } from '../support/documents/sources';
import { useOpenBao, useRun } from '../support/engines';
import type { Consumer } from './consumer';
import { prepareDeployment } from './deployment';
import { useMarket } from './market';
import { blocksIn, stepsIn } from './steps';

const CHECKOUT = join(__dirname, '../..');
const PAGE = 'docs/cdktn.md';
const STACKS = 'cdktf.out/stacks';
const SECRET = 'of-the-orders';

/** Generous: what is slower than this is broken. */
const MOST_SECONDS = 600;

const run = useRun();
const market = useMarket();
const openBao = useOpenBao();

/** The app, up to its synthesis. */
let app: Consumer;
let page: string;

beforeAll(async () => {
  page = await readFile(join(CHECKOUT, PAGE), 'utf8');
  const names = Object.keys(process.env).filter((name) => name.startsWith('PIP_'));
  const variables = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  app = await market().open({ variables });
  const walk = async (): Promise<void> => {
    for (const step of stepsIn(page, { upTo: '**5. Deploy.**' })) {
      if (step.kind === 'file') await app.write(step.name, step.text);
      else expect(await app.execute('bash', ['-euc', step.text])).toMatchObject({ code: 0 });
    }
  };
  const size = { folder: join(app.folder, 'node_modules'), mostMegabytes: 250 };
  await market().waited(`${PAGE}, up to its synthesis`, MOST_SECONDS, walk, size);
});

async function synthesized(consumer: Consumer, stack: string): Promise<Configuration> {
  const file = join(consumer.folder, STACKS, stack, 'cdk.tf.json');
  return JSON.parse(await readFile(file, 'utf8')) as Configuration;
}

interface Configuration {
  readonly terraform?: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
}

it('imports nothing of cdktf, and has no file of it', async () => {
  const modules = join(app.folder, 'node_modules');
  const folder = join(modules, '@portcullis/constructs-cdktn/dist');
  const files = await readdir(folder, { recursive: true });
  const code = files.filter((file) => /\.(js|d\.ts)$/.test(file));
  expect(code.length).toBeGreaterThan(100);
  const names: string[] = [];
  for (const file of code) names.push(...importsIn(await readFile(join(folder, file), 'utf8'), file));
  expect(names.filter((name) => /^(@cdktf|cdktf)(\/|$)/.test(name))).toEqual([]);
  expect(names).toEqual(expect.arrayContaining(['cdktn', '@cdktn/provider-vault/lib/mount']));
  expect(await readdir(modules)).not.toContain('cdktf');
  expect(await readdir(modules)).not.toContain('@cdktf');
});

/** What a file imports, by the tree of its syntax: not as the build finds it. */
function importsIn(code: string, file: string): string[] {
  return nodesOf(parse(code, file)).flatMap((node) => {
    const named =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : ts.isCallExpression(node) && /^(require|import)$/.test(node.expression.getText())
            ? node.arguments[0]
            : undefined;
    return named && ts.isStringLiteralLike(named) ? [named.text] : [];
  });
}

it('keeps the reviewers of an environment', async () => {
  const { resource } = await synthesized(app, 'orders-repository');
  const environments = Object.values(resource.github_repository_environment ?? {});
  expect(environments.map(({ environment, reviewers }) => [environment, reviewers])).toEqual([
    ['dev', undefined],
    ['prod', [{ teams: [1_234_567] }]],
  ]);
});

it('is refused by cdktn without the context that the page gives it', async () => {
  const main = await readFile(join(app.folder, 'main.ts'), 'utf8');
  const without = main.replace(/new App\(\{[^]*?\n\}\)/, 'new App()');
  expect(without).not.toContain('targetVersions');
  await app.write('without.ts', without);
  const { code, output } = await app.execute('npx', ['tsx', 'without.ts'], { CDKTF_OUTDIR: 'refused' });
  expect(code).not.toBe(0);
  expect(output).toContain('write-only attributes requires');
});

it('is deployed to OpenBao, and a second plan is empty', async () => {
  const { engine, admin, ...deployment } = await prepareDeployment(run(), openBao());
  // The page calls it by its name.
  const programs = await run().subfolder('programs');
  await symlink(engine, join(programs, 'tofu'));
  const variables = { ...deployment.variables, PATH: [programs, process.env.PATH].join(':') };
  await mkdir(join(app.folder, 'states'), { recursive: true });
  const [deploy] = blocksIn(page, 'sh').slice(-1);
  const secret = { TF_VAR_orders_config: JSON.stringify({ encryption_key: SECRET }) };
  const applied = await app.execute('bash', ['-euc', deploy ?? ''], { ...variables, ...secret });
  expect(applied).toMatchObject({ code: 0 });
  expect((await admin.read('orders/data/config')).data?.data).toEqual({ encryption_key: SECRET });
  const state = await readFile(join(app.folder, 'states/orders-vault.tfstate'), 'utf8');
  expect(state).toContain('vault_approle_auth_backend_role');
  expect(state).not.toContain(SECRET);
  const again = await app.execute(
    'tofu',
    [`-chdir=${STACKS}/orders-vault`, 'plan', '-input=false', '-detailed-exitcode'],
    variables,
  );
  expect(again).toMatchObject({ code: 0 });
});

it('synthesizes every stack of this repository as the constructs for cdktf do', async () => {
  await app.install(['@cdktn/provider-aws@^25.7.0']);
  for (const name of await readdir(CHECKOUT)) {
    if (/^(stacks|[\w-]+\.ts|cdktf\.json)$/.test(name) && name !== 'portcullis.config.ts') {
      await cp(join(CHECKOUT, name), join(app.folder, 'repository', name), { recursive: true });
    }
  }
  const copy = join(app.folder, 'repository');
  for (const file of (await readdir(copy, { recursive: true })).filter((one) => one.endsWith('.ts'))) {
    await writeFile(join(copy, file), forCdktn(await readFile(join(copy, file), 'utf8')));
  }
  const context = { targetVersions: { opentofu: '>=1.11.0', terraform: '>=1.11.0' } };
  const ofCdktn = await stacksOf(copy, { CDKTF_CONTEXT_JSON: JSON.stringify(context) });
  const ofCdktf = await stacksOf(CHECKOUT, {});
  expect(Object.keys(ofCdktf).length).toBeGreaterThan(5);
  expect(ofCdktn).toEqual(ofCdktf);
});

/** What an app synthesizes, without the versions that bindings ask for. */
async function stacksOf(folder: string, variables: NodeJS.ProcessEnv): Promise<Record<string, unknown>> {
  const output = await run().subfolder(folder === CHECKOUT ? 'of-cdktf' : 'of-cdktn');
  const tsx = join(CHECKOUT, 'node_modules/tsx/dist/cjs/index.cjs');
  const { code, output: said } = await app.execute(
    'bash',
    ['-euc', 'cd "$1" && exec "$2" --require "$3" stacks/main.ts', '-', folder, process.execPath, tsx],
    // What is on this machine alone is otherwise beside the sources, of which there are two copies.
    { ...variables, CDKTF_OUTDIR: output, PORTCULLIS_STATE_DIR: '/states' },
  );
  expect({ code, said }).toEqual({ code: 0, said: '' });
  const stacks: Record<string, unknown> = {};
  for (const name of await readdir(join(output, 'stacks'))) {
    const text = await readFile(join(output, 'stacks', name, 'cdk.tf.json'), 'utf8');
    const { terraform, ...rest } = JSON.parse(text) as Configuration & { '//'?: unknown };
    stacks[name] = { ...rest, '//': undefined, terraform: { ...terraform, required_providers: undefined } };
  }
  return stacks;
}

describe('where something else is installed, it says so', () => {
  it('names what is missing, in the names of cdktn', async () => {
    const consumer = await market().open();
    await consumer.install(['@portcullis/constructs-cdktn', 'cdktn@0.24', 'constructs@10.7']);
    expect(await consumer.refusalOf('@portcullis/constructs-cdktn')).toBe(
      '@portcullis/constructs-cdktn cannot be used with the packages that are here\n' +
        '  @cdktn/provider-vault is not installed; expected ^18.3.0\n' +
        '  → npm install cdktn@^0.24.0 "constructs@^10.6.0 <10.8.0" @cdktn/provider-vault@^18.3.0\n(ERR_PEERS)\n',
    );
  });

  it('names the package for cdktf in an app of that', async () => {
    const consumer = await market().open();
    const cdktf = ['cdktf@0.21.0', 'constructs@10.8.1'];
    await consumer.install(['--legacy-peer-deps', '@portcullis/constructs-cdktn', ...cdktf]);
    const refusal = await consumer.refusalOf('@portcullis/constructs-cdktn');
    expect(refusal).toContain('cdktn is not installed, cdktf 0.21.0 is');
    expect(refusal).toContain('→ this app is one of cdktf: npm uninstall @portcullis/constructs-cdktn');
  });
});
