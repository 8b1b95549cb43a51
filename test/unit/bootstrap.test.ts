import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { SUPPORTED_NODES } from '../../cli/src/doctor/judge/machine';
import { deliveryFiles } from '../../stacks/github-settings';
import { NODES } from '../nodes/nodes';

const CHECKOUT = join(__dirname, '../..');
const text = (name: string) => readFile(join(CHECKOUT, name), 'utf8');

/** What the command says on this Node, which says that it is another. */
async function refusalOn(version: string): Promise<{ code: number; stderr: string }> {
  const pretence = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
  const args = [
    '--import',
    `data:text/javascript,${encodeURIComponent(pretence)}`,
    'bootstrap.mjs',
    '--help',
  ];
  return promisify(execFile)(process.execPath, args, { cwd: CHECKOUT }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: unknown) => error as { code: number; stderr: string },
  );
}

describe('the Nodes that are supported', () => {
  it.each(['18.20.8', '20.18.3', '21.7.3', '22.11.0'])('do not include %s', async (version) => {
    const { code, stderr } = await refusalOn(version);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Portcullis needs Node 20.19 or newer of that line, or 22.12 or newer; this is ${version}. Install a current LTS release.\n`,
    );
  });

  it('are the same in every package', async () => {
    const manifests = [
      'package.json',
      'runtime/package.json',
      'constructs/package.json',
      'cli/package.json',
      'alias/package.json',
    ];
    const engines = await Promise.all(
      manifests.map(async (name) => (JSON.parse(await text(name)) as { engines: object }).engines),
    );
    expect(new Set(engines.map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify({ node: SUPPORTED_NODES })]),
    );
  });

  it('are one in the container, the workflows and .nvmrc: a line that is tried', async () => {
    const node = (await text('.nvmrc')).trim();
    expect(Object.keys(NODES)).toContain(node);
    expect(await text('Dockerfile')).toMatch(new RegExp(`^ARG NODE=node:${node}\\.`, 'm'));
    expect(await text('Dockerfile')).toContain(`--target=node${node} `);
    expect(await text('compose.test.yml')).toMatch(new RegExp(`FROM node:${node}\\.`));
    const workflows = Object.entries(deliveryFiles()).filter(([path]) => /^\.github.*\.yml$/.test(path));
    const setUp = workflows.flatMap(([, content]) => versionsIn(parse(content)));
    expect(new Set(setUp)).toEqual(new Set([Number(node)]));
    expect(await text('.github/workflows/ci.yml')).toContain('node-version-file: .nvmrc');
  });
});

interface SetUp {
  readonly jobs: Readonly<Record<string, { readonly steps?: readonly { with?: Record<string, unknown> }[] }>>;
}

function versionsIn(workflow: unknown): unknown[] {
  const steps = Object.values((workflow as SetUp).jobs).flatMap((job) => job.steps ?? []);
  return steps.flatMap((step) => step.with?.['node-version'] ?? []);
}
