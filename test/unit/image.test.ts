/** Without a container engine: what the files say, and what the build's commands make. With one: test/containers. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { containersOf } from '../../constructs/src/aws/service/container';
import { OPENTOFU } from '../../cli/src/engines/programs/opentofu';

const CHECKOUT = join(__dirname, '../..');
const text = (name: string) => readFile(join(CHECKOUT, name), 'utf8');
/** The instructions of the Dockerfile, each on one line. */
const instructions = async () =>
  (await text('Dockerfile'))
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
const [container] = containersOf({
  name: 'api',
  image: 'api',
  port: 3_000,
  environment: {},
  log: { group: 'g', region: 'r' },
}) as [{ user: string; healthCheck: { command: string[] } }];

describe('the image', () => {
  it('is made of an exact version, and what runs holds one stage only', async () => {
    const lines = await instructions();
    expect(lines[0]).toMatch(/^ARG NODE=node:\d+\.\d+\.\d+-\w+-slim$/);
    expect(lines.filter((line) => line.startsWith('FROM'))).toEqual([
      'FROM ${NODE} AS build',
      'FROM ${NODE}',
    ]);
    const last = lines.slice(lines.lastIndexOf('FROM ${NODE}'));
    expect(last.filter((line) => /^(COPY|ADD|RUN)/.test(line))).toEqual(['COPY --from=build /build/app ./']);
  });

  it('runs as the user and is asked as the task definition says', async () => {
    const lines = await instructions();
    expect(lines).toContain(`USER ${container.user}`);
    const asked = lines.find((line) => line.startsWith('HEALTHCHECK'))?.replace(/^.* CMD /, '') ?? '';
    expect(['CMD', ...(JSON.parse(asked) as string[])]).toEqual(container.healthCheck.command);
  });

  it('takes in what it copies, and nothing else of the checkout', async () => {
    const copied = (await copies()).filter((name) => name !== 'runtime/package.json');
    expect((await allowed()).sort()).toEqual([...new Set(copied)].sort());
  });

  it('is built of what it takes in, into an app that starts without a package beside it', async () => {
    const build = (await instructions()).find((line) => line.startsWith('RUN npx esbuild')) ?? '';
    const [command = ''] = build.replace(/^RUN /, '').split(' && ');
    const folder = await mkdtemp(join(tmpdir(), 'portcullis-image-'));
    const run = promisify(execFile);
    try {
      const context = await Promise.all((await allowed()).map(expanded));
      for (const name of context.flat()) {
        await cp(join(CHECKOUT, name), join(folder, 'build', name), { recursive: true, filter: taken });
      }
      await symlink(join(CHECKOUT, 'node_modules'), join(folder, 'build/node_modules'));
      const [name = '', ...args] = command.split(/\s+/);
      await run(name, args, { cwd: join(folder, 'build') });
      await rename(join(folder, 'build/app'), join(folder, 'app'));
      const started = run(process.execPath, ['main.js'], { cwd: join(folder, 'app'), env: {} });
      await expect(started).rejects.toMatchObject({
        code: 1,
        stderr: `${[
          'fintech-api: no Vault address: set VAULT_ADDR, or pass { address }',
          'no way to log in: set VAULT_ROLE_ID and VAULT_WRAPPED_SECRET_ID (or VAULT_SECRET_ID), or pass { login }',
          '(ERR_SECRETS_CONFIG)',
        ].join('\n')}\n`,
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** What the context of the build may hold. */
async function allowed(): Promise<string[]> {
  const lines = (await text('.dockerignore')).split('\n');
  return lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
}

/** What the instructions copy from it. */
async function copies(): Promise<string[]> {
  const lines = (await instructions()).filter((line) => /^COPY (?!--from)/.test(line));
  return lines.flatMap((line) => line.split(' ').slice(1, -1));
}

/** The files of a pattern such as `*.ts`. */
async function expanded(name: string): Promise<string[]> {
  if (!name.startsWith('*')) return [name];
  return (await readdir(CHECKOUT)).filter((file) => file.endsWith(name.slice(1)));
}

const taken = (path: string): boolean => !/\/(node_modules|dist)$/.test(path);

describe('what is composed', () => {
  const app = async () => {
    const { services } = parse(await text('compose.test.yml')) as { services: Record<string, Composed> };
    expect(Object.keys(services)).toEqual(['app']);
    return services.app!;
  };

  it('is the API with all that it needs, on port 3000, without a secret', async () => {
    const composed = await app();
    expect(composed.command).toEqual(['node', 'bootstrap.mjs', 'start', '--port', '3000']);
    expect(composed).not.toHaveProperty('environment');
    expect(composed).not.toHaveProperty('privileged');
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('counts as healthy by what /readyz answers: %d', async (status, code) => {
    const server = createServer(({ url }, response) =>
      response.writeHead(url === '/readyz' ? status : 404).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const [, command = '', ...args] = (await app()).healthcheck.test;
      const asked = args.map((arg) => arg.replace(':3000/', `:${port}/`));
      const exited = promisify(execFile)(command, asked).then(
        () => 0,
        (error: unknown) => (error as { code: number }).code,
      );
      await expect(exited).resolves.toBe(code);
    } finally {
      server.close();
    }
  });

  it('has the engine that is built elsewhere, of the same version', async () => {
    expect((await app()).build.dockerfile_inline).toContain(
      `ghcr.io/opentofu/opentofu:${OPENTOFU.version.slice(1)}-minimal`,
    );
  });
});

interface Composed {
  readonly command: string[];
  readonly healthcheck: { readonly test: string[] };
  readonly build: { readonly dockerfile_inline: string };
}
