import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import cdktf from '../../../cdktf.json';
import { delivery } from '../../../stacks/github-settings';

const CHECKOUT = join(__dirname, '../../..');

/** Runs the app as cdktf does: by the command of cdktf.json. */
async function synth(env: NodeJS.ProcessEnv): Promise<{ stacks: string[]; stderr: string; code: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-synth-'));
  const [command = '', ...args] = cdktf.app.split(' ');
  try {
    const { code, stderr } = await promisify(execFile)(command, args, {
      cwd: CHECKOUT,
      env: { PATH: process.env.PATH, CDKTF_OUTDIR: folder, ...env },
    }).then(
      (done) => ({ ...done, code: 0 }),
      (failed: unknown) => failed as { stderr: string; code: number },
    );
    return { stacks: await readdir(join(folder, 'stacks')).catch(() => []), stderr, code };
  } finally {
    await rm(folder, { recursive: true });
  }
}

it('synthesizes every environment', async () => {
  await expect(synth({})).resolves.toEqual({
    code: 0,
    stderr: '',
    stacks: [
      ...['data-dev', 'data-prod', 'data-staging'],
      ...['edge-dev', 'edge-prod', 'edge-staging'],
      'github',
      'images',
      ...['service-dev', 'service-prod', 'service-staging'],
      ...['vault-dev', 'vault-local', 'vault-prod', 'vault-staging'],
    ],
  });
});

it('takes no tag for a digest', async () => {
  await expect(synth({ PORTCULLIS_IMAGE_DIGEST: 'fintech-api:latest' })).resolves.toEqual({
    code: 1,
    stacks: [],
    stderr:
      'stacks/environments has 1 problem\n  PORTCULLIS_IMAGE_DIGEST: received "fintech-api:latest"; expected a digest, as in sha256:<64 digits>: a tag can be moved\n(ERR_ENVIRONMENT_INVALID)\n',
  });
});

it('has every stack of a shared environment planned and deployed by its jobs', async () => {
  const { stacks } = await synth({});
  const shared = stacks.filter((name) => !['github', 'images'].includes(name) && !name.endsWith('-local'));
  expect(delivery.environments.flatMap((environment) => environment.stacks).sort()).toEqual(shared);
});

it('writes nothing when an environment is wrong, and prints all that is', async () => {
  const { code, stderr, stacks } = await synth({
    PORTCULLIS_DATABASE_URL: 'nonsense',
    PORTCULLIS_REDIS_URL: 'nonsense',
  });
  expect({ code, stacks }).toEqual({ code: 1, stacks: [] });
  expect(stderr.trim().split('\n')).toEqual([
    'stacks/environments has 2 problems',
    '  local: PORTCULLIS_DATABASE_URL: expected a URL such as postgres://127.0.0.1:5432/fintech',
    '  local: PORTCULLIS_REDIS_URL: expected a URL such as redis://127.0.0.1:6379',
    '(ERR_ENVIRONMENT_INVALID)',
  ]);
});
