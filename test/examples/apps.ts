/** The apps of `examples/`, each a process of its own with the packages of `examples/package.json`. */
import { build } from 'esbuild';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../support/until';

const execute = promisify(execFile);
const CHECKOUT = join(__dirname, '../..');
export const EXAMPLES = join(CHECKOUT, 'examples');

export interface ExampleApp {
  readonly port: number;
  stop(): Promise<void>;
}

/** Builds the app from its sources and the runtime's, and starts it. */
export async function startExample(
  name: string,
  packages: string,
  issuer: string,
  more: NodeJS.ProcessEnv = {},
): Promise<ExampleApp> {
  const folder = await mkdtemp(join(tmpdir(), `example-${name}-`));
  await symlink(join(packages, 'node_modules'), join(folder, 'node_modules'));
  const file = join(folder, 'app.cjs');
  const { dependencies } = JSON.parse(await readFile(join(EXAMPLES, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  await build({
    entryPoints: [join(EXAMPLES, name, 'app.ts')],
    outfile: file,
    ...({ bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' } as const),
    external: [...Object.keys(dependencies), 'pg-native'],
    alias: { '@portcullis/runtime': join(CHECKOUT, 'runtime/src/index.ts') },
  });
  const port = await freePort();
  const app = spawn(process.execPath, [file], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, ISSUER: issuer, PORT: String(port), ...more },
  });
  const complaints: Buffer[] = [];
  app.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const stop = async (): Promise<void> => {
    await ended(app);
    await rm(folder, { recursive: true });
  };
  try {
    await until(async () => {
      if (app.exitCode !== null)
        throw new Error(`the example ended: ${Buffer.concat(complaints).toString()}`);
      return fetch(`http://127.0.0.1:${port}/status`).then(
        () => true,
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

/**
 * Builds one of the programs that Vault is for, from its sources and the runtime's, into a folder beside the packages of
 * this repository.
 *
 * @returns the file to run, and what removes the folder.
 */
export async function buildProgram(source: string): Promise<{ file: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'example-'));
  await symlink(join(CHECKOUT, 'node_modules'), join(folder, 'node_modules'));
  const file = join(folder, 'program.mjs');
  await build({
    entryPoints: [join(EXAMPLES, source)],
    outfile: file,
    ...({ bundle: true, platform: 'node', format: 'esm', logLevel: 'error', packages: 'external' } as const),
    alias: {
      '@portcullis/runtime': join(CHECKOUT, 'runtime/src/index.ts'),
      '@portcullis/runtime/secrets': join(CHECKOUT, 'runtime/src/secrets/index.ts'),
    },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return { file, remove: () => rm(folder, { recursive: true }) };
}

/** @throws Error with what the compiler says of the examples, beside their packages, and above them those of this repository. */
export async function checkTypes(packages: string): Promise<void> {
  const above = await mkdtemp(join(tmpdir(), 'examples-'));
  const folder = join(above, 'examples');
  try {
    await symlink(join(CHECKOUT, 'node_modules'), join(above, 'node_modules'));
    await cp(EXAMPLES, folder, { recursive: true });
    await symlink(join(packages, 'node_modules'), join(folder, 'node_modules'));
    const { compilerOptions } = JSON.parse(await readFile(join(folder, 'tsconfig.json'), 'utf8')) as {
      compilerOptions: object;
    };
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: join(CHECKOUT, 'tsconfig.base.json'),
        compilerOptions: {
          ...compilerOptions,
          paths: {
            '@portcullis/runtime': [join(CHECKOUT, 'runtime/src/index.ts')],
            '@portcullis/runtime/policy': [join(CHECKOUT, 'runtime/src/policy/index.ts')],
            '@portcullis/runtime/secrets': [join(CHECKOUT, 'runtime/src/secrets/index.ts')],
            '@portcullis/runtime/authorizer': [join(CHECKOUT, 'runtime/src/authorizer/index.ts')],
            '@portcullis/constructs': [join(CHECKOUT, 'constructs/src/index.ts')],
          },
        },
        include: ['.'],
      }),
    );
    const compiler = join(CHECKOUT, 'node_modules/.bin/tsc');
    await execute(compiler, ['--project', folder]).catch((error: unknown) => {
      const { stdout = '' } = error as { readonly stdout?: string };
      throw new Error(`${String(error)}\n${stdout}`);
    });
  } finally {
    await rm(above, { recursive: true });
  }
}

async function ended(app: ChildProcess): Promise<void> {
  if (app.exitCode !== null) return;
  const exit = once(app, 'exit');
  app.kill();
  await exit;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
