import { deployWorkflow, renderWorkflow, securityScanningFiles } from '@portcullis/constructs/github';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { findWorkflowLinters, type WorkflowLinters } from '../support/programs/workflow-linters';
import { Run } from '../../cli/src/engines/process/run';
import { delivery, deliveryFiles, scanning } from '../../stacks/github-settings';

const CHECKOUT = join(__dirname, '../..');
const FOLDER = join(CHECKOUT, '.github/workflows');
const WORKFLOWS = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));

/** A linter's exit code decides; what it printed is what a failure shows. */
async function lint(command: string, ...args: string[]): Promise<void> {
  try {
    await promisify(execFile)(command, args, { cwd: CHECKOUT });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command}\n${stdout}\n${stderr}`, { cause: error });
  }
}

describe('the workflows', () => {
  it.each(Object.entries(deliveryFiles()))('%s is as its settings describe it', (path, content) => {
    // Else run \`portcullis workflows\`, and commit what it writes.
    expect(readFileSync(join(CHECKOUT, path), 'utf8')).toBe(content);
  });

  let linters: WorkflowLinters;
  beforeAll(async () => {
    const run = await Run.open();
    try {
      linters = await findWorkflowLinters({ run, cache: new EngineCache(), note: () => undefined });
    } finally {
      await run.close();
    }
  });

  it.each(WORKFLOWS)('%s is valid, and so is every script in it', async (name) => {
    await lint(linters.actionlint, '-shellcheck', linters.shellcheck, join(FOLDER, name));
  });

  const handOver = { appRole: 'fintech-api', command: './start "$VAULT_WRAPPED_SECRET_ID"' };
  const environments = delivery.environments.map((one) => ({ ...one, handOver }));
  const scansOf = (settings: typeof scanning): string =>
    securityScanningFiles(settings)['.github/workflows/security.yml'] ?? '';

  it.each([
    [
      'a deploy starts the service',
      'deploy.yml',
      renderWorkflow(deployWorkflow({ ...delivery, environments })),
    ],
    [
      'medium findings fail, and the scan is at another time',
      'security.yml',
      scansOf({ ...scanning, failOn: 'medium', schedule: '*/30 4-6 * JAN,JUL SUN' }),
    ],
    [
      'the repository is of pnpm',
      'deploy.yml',
      renderWorkflow(deployWorkflow({ ...delivery, tools: { packageManager: 'pnpm' } })),
    ],
    [
      'the repository is of Yarn, and a command starts the API',
      'security.yml',
      scansOf({ ...scanning, tools: { packageManager: 'yarn' }, api: { command: "node 'my server.js'" } }),
    ],
  ])('are valid where %s, too', async (_, name, content) => {
    const folder = await mkdtemp(join(tmpdir(), 'portcullis-workflow-'));
    try {
      const file = join(folder, name);
      await writeFile(file, content);
      await lint(linters.actionlint, '-shellcheck', linters.shellcheck, file);
      await lint(linters.zizmor, '--offline', '--no-progress', file);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('have no finding of zizmor', async () => {
    await lint(linters.zizmor, '--offline', '--no-progress', FOLDER);
  });

  it.each(WORKFLOWS)('%s pins every action by its full commit, and says which version that is', (name) => {
    const uses = readFileSync(join(FOLDER, name), 'utf8').match(/uses: .*/g) ?? [];
    expect(uses.filter((line) => !/uses: (\.\/[\w./]+ #|[\w./-]+@[0-9a-f]{40} # v\d)/.test(line))).toEqual(
      [],
    );
  });

  it('are decided by a script without a finding of shellcheck', async () => {
    await lint(linters.shellcheck, '.ci/run');
  });
});
