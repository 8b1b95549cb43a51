/** `portcullis start -- <command>` in a repository that is not ours: real servers, its stacks, its app. */
import { execFile, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../support/until';

const CHECKOUT = join(__dirname, '../../../..');
const TSX = require.resolve('tsx');

/** A folder of temporary files of its own, so that what is left behind is seen. */
let temporary: string;
let folder: string;
beforeAll(async () => {
  temporary = await realpath(await mkdtemp(join(tmpdir(), 'start-')));
  // PostgreSQL, which root starts as another user, has to reach its own folder.
  await chmod(temporary, 0o711);
  folder = join(temporary, 'repository');
  await cp(join(__dirname, 'repository'), folder, { recursive: true });
  await symlink(join(CHECKOUT, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rm(temporary, { recursive: true }));

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  stderr(): string;
}

function portcullis(args: readonly string[], cwd = folder, env: NodeJS.ProcessEnv = {}): Running {
  const { PATH, HOME, PORTCULLIS_CACHE } = process.env;
  const tsconfig = { TSX_TSCONFIG_PATH: join(CHECKOUT, 'tsconfig.json') };
  let child: ChildProcess | undefined;
  let said = '';
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child = execFile(
      process.execPath,
      ['--import', TSX, join(CHECKOUT, 'cli/src/bin.ts'), ...args],
      {
        cwd,
        env: {
          PATH,
          HOME,
          TMPDIR: temporary,
          ...(PORTCULLIS_CACHE && { PORTCULLIS_CACHE }),
          ...tsconfig,
          ...env,
        },
      },
      (_error, stdout, stderr) => resolve({ code: child?.exitCode ?? null, stdout, stderr }),
    );
    child.stderr?.on('data', (text: string) => (said += text));
  });
  return { child: child!, ended, stderr: () => said };
}

const runs = async (): Promise<string[]> =>
  (await readdir(temporary)).filter((name) => name.startsWith('portcullis-'));

it('serves the app behind real servers, gives its exit code, and leaves nothing behind', async () => {
  // What other programs use leads nowhere.
  const theirs = {
    DATABASE_URL: 'postgres://theirs',
    VAULT_ADDR: 'http://127.0.0.1:9',
    VAULT_TOKEN: 'theirs',
  };
  const app = ['--', process.execPath, '--import', TSX, 'server.ts'];
  const running = portcullis(['start', '--sql', 'schema.sql', ...app], folder, theirs);
  let over = false;
  void running.ended.then(() => (over = true));
  const url = await until(
    () => /http:\/\/127\.0\.0\.1:\d+(?=, after)/.exec(running.stderr())?.[0] ?? (over && 'over'),
  );
  expect([url, running.stderr()]).not.toContain('over');
  const ask = async (token?: string): Promise<Response> =>
    fetch(`${url}/orders`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  await until(async () => (await ask()).status === 401);

  const token = (await portcullis(['token', 'pro']).ended).stdout.trim();
  const answer = await ask(token);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ organisation: 'org-pro', orders: [1, 2] });
  const free = (await portcullis(['token', 'free']).ended).stdout.trim();
  const statuses: number[] = [];
  for (let call = 0; call < 11; call += 1) statuses.push((await ask(free)).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  await expect(portcullis(['limits', 'show', 'org-free']).ended).resolves.toMatchObject({ code: 0 });
  const status = await portcullis(['secrets', 'status']).ended;
  expect(status.stdout).toMatch(/orders-role .*serving/);

  const unchanged = await portcullis(['plan', '-e', 'local']).ended;
  expect(unchanged).toMatchObject({ code: 0, stdout: expect.stringContaining('no change') as string });
  const stack = join(folder, 'stacks/vault-stack.ts');
  const before = await readFile(stack, 'utf8');
  await writeFile(stack, before.replace("['127.0.0.0/8']", "['0.0.0.0/0']"));
  const wider = await portcullis(['plan', '-e', 'local']).ended;
  await writeFile(stack, before);
  expect(wider).toMatchObject({ code: 4, stdout: expect.stringContaining('0.0.0.0/0') as string });

  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect({ code, stderr }).toMatchObject({ code: 7 });
  expect(stderr).not.toContain(token);
  expect(await runs()).toEqual([]);
  expect(existsSync(join(folder, 'states'))).toBe(false);
}, 400_000);

it('ends the app once it answers, with --check, and says what failed where it does not', async () => {
  const ended = await portcullis(['start', '--check', '--json', '--', process.execPath, '-e', '0']).ended;
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    passed: false,
    problem: expect.stringMatching(/it ended with code 0, and nothing answered at http/) as string,
  });
  const serve =
    'require("node:http").createServer((_, to) => to.end()).listen(process.env.PORT, "127.0.0.1")';
  const good = await portcullis(['start', '--check', '--', process.execPath, '-e', serve]).ended;
  expect(good).toMatchObject({ code: 0, stdout: '' });
  expect(good.stderr).toContain('it answers at http://127.0.0.1:');
  expect(await runs()).toEqual([]);
}, 400_000);

it('starts nothing where there is no config, no such environment or no such file', async () => {
  const empty = join(temporary, 'empty');
  await mkdir(empty);
  const command = ['--', process.execPath, 'server.js'];
  const nothing = await portcullis(['start', ...command], empty).ended;
  expect(nothing.code).toBe(1);
  expect(nothing.stderr).toContain('there is no portcullis.config.ts');
  const unknown = await portcullis(['start', '-e', 'prod', ...command]).ended;
  expect(unknown.stderr).toMatch(/no environment "prod".*\n.*local, elsewhere/);
  const sql = await portcullis(['start', '--sql', 'no.sql', ...command]).ended;
  expect(sql.stderr).toContain('no.sql');
  expect((await portcullis(['start']).ended).code).toBe(2);
}, 60_000);

it('refuses stacks whose state would outlive it, and variables that nothing holds, all at once', async () => {
  await writeFile(
    join(folder, 'stacks/main.ts'),
    `import { App, TerraformStack, TerraformVariable } from 'cdktf';
const app = new App();
const stack = new TerraformStack(app, 'vault-elsewhere');
new TerraformVariable(stack, 'mail_password', { type: 'string' });
app.synth();\n`,
  );
  const { code, stderr } = await portcullis(['start', '-e', 'elsewhere', '--', 'true']).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('vault-elsewhere does not keep its state where this start ends it');
  expect(stderr).toContain('set TF_VAR_mail_password');
  expect(await runs()).toEqual([]);
}, 200_000);
