/** No container engine runs here: what is held to its word is what the files say, and what the build's commands make. */
import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { containerOf } from '../../constructs/src/aws/container';

const CHECKOUT = join(__dirname, '../..');
const text = (name: string) => readFile(join(CHECKOUT, name), 'utf8');
/** The instructions of the Dockerfile, each on one line. */
const instructions = async () =>
  (await text('Dockerfile'))
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
const container = containerOf({
  name: 'api',
  image: 'api',
  port: 3_000,
  environment: {},
  log: { group: 'g', region: 'r' },
}) as { user: string; healthCheck: { command: string[] } };

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
    const allowed = (await text('.dockerignore'))
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = (await instructions())
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect([...new Set(allowed)].sort()).toEqual(
      [...new Set(copied.filter((name) => name !== 'runtime/package.json'))].sort(),
    );
    await Promise.all(allowed.map((name) => access(join(CHECKOUT, name))));
  });

  it('holds an app that starts without a package beside it', async () => {
    const build = (await instructions()).find((line) => line.startsWith('RUN npx esbuild')) ?? '';
    const [command = ''] = build.replace(/^RUN npx /, '').split(' && ');
    const folder = await mkdtemp(join(tmpdir(), 'portcullis-image-'));
    try {
      const [name = '', ...args] = command.replace('app/main.js', join(folder, 'main.js')).split(/\s+/);
      const run = promisify(execFile);
      await run(join(CHECKOUT, 'node_modules/.bin', name), args, { cwd: CHECKOUT });
      const started = run(process.execPath, ['main.js'], { cwd: folder, env: {} });
      await expect(started).rejects.toMatchObject({
        code: 1,
        stderr: 'fintech-api: no Vault address: set VAULT_ADDR, or pass { address }\n',
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);
});

it('is composed with all that it needs, on port 3000, without a secret', async () => {
  const { services } = parse(await text('compose.test.yml')) as {
    services: Record<string, { command: string[]; environment?: unknown; privileged?: unknown }>;
  };
  expect(Object.keys(services)).toEqual(['app']);
  expect(services.app?.command).toEqual(['node', 'bootstrap.mjs', 'start', '--port', '3000']);
  expect(services.app).not.toHaveProperty('environment');
  expect(services.app).not.toHaveProperty('privileged');
});
