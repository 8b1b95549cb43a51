/** This repository's app written in other ways, in folders of their own. */
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const CHECKOUT = join(__dirname, '..', '..');

/** What `stacks/main.ts` reads, directly or not. */
const SOURCES = [
  'policy.ts',
  'bodies.ts',
  'vault-names.ts',
  'vault-entries.ts',
  'stacks',
  'constructs/src',
  'runtime/src',
] as const;

/** As `cdktf init` writes it for TypeScript, as strict as ours. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2023'],
    module: 'commonjs',
    moduleResolution: 'node10',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    esModuleInterop: true,
    noEmit: true,
  },
};

/** The same app, with every provider imported by its package's root. */
export async function withRootImports(folder: string): Promise<void> {
  await project(folder);
  for (const source of SOURCES) await cp(join(CHECKOUT, source), join(folder, source), { recursive: true });
  for (const file of await sourceFiles(folder)) {
    const text = await readFile(file, 'utf8');
    await writeFile(file, byRelativePath(byRoot(text), file, folder));
  }
}

/** An app with nothing in it: what CDKTF itself takes. */
export async function empty(folder: string): Promise<void> {
  await project(folder);
  await mkdir(join(folder, 'stacks'));
  await writeFile(join(folder, 'stacks', 'main.ts'), "import { App } from 'cdktf';\nnew App().synth();\n");
}

async function project(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await symlink(join(CHECKOUT, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  await cp(join(CHECKOUT, 'cdktf.json'), join(folder, 'cdktf.json'));
}

async function sourceFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((entry) => entry.endsWith('.ts') && !entry.startsWith('node_modules'))
    .map((entry) => join(folder, entry));
}

/** `import { A } from '@cdktf/provider-x/lib/some-thing'` becomes `A = someThingModule.A` of the package's root. */
function byRoot(text: string): string {
  return text.replace(
    /import (?:type )?\{([^}]*)\} from '(@cdktf\/provider-[a-z]+)\/lib\/([a-z0-9-]+)';/g,
    (_, names: string, provider: string, module: string) => {
      const namespace = module.replace(/-([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase());
      const aliases = names
        .split(',')
        .map((name) => name.trim().replace(/^type /, ''))
        .filter((name) => name !== '')
        .map((name) => `import ${name} = ${namespace}Module.${name};`);
      // By a name that no function of ours has.
      return [`import { ${namespace} as ${namespace}Module } from '${provider}';`, ...aliases].join('\n');
    },
  );
}

/** ts-node does not read `paths`: the names of the workspaces become the places of their sources. */
function byRelativePath(text: string, file: string, folder: string): string {
  return text.replace(
    /from '@portcullis\/(runtime|constructs)(\/[a-z-]+)?'/g,
    (_, name: string, part = '') => {
      const target = join(folder, name, 'src', part as string);
      return `from './${relative(dirname(file), target)}'`;
    },
  );
}
