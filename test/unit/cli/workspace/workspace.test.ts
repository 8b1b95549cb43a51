/** How a workspace synthesizes: the app runs while the engine is asked what it is. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Workspace } from '../../../../cli/src/workspace/workspace';

const BEFORE = { ...process.env };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workspace-'));
  process.env.PATH = [folder, BEFORE.PATH].join(delimiter);
  delete process.env.TERRAFORM_BINARY_NAME;
});
afterEach(async () => {
  process.env = { ...BEFORE };
  await rm(folder, { recursive: true });
});

async function engine(name: string, answer: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${answer}\n`);
  await chmod(file, 0o755);
  return file;
}
const ofVersion = (version: string): string => `echo '{"terraform_version":"${version}"}'`;

/** Notes each engine that it is told of, and synthesizes a stack of the engine's name. */
const NOTES = `echo "$TERRAFORM_BINARY_NAME" >> told
  echo "{\\"stacks\\":{\\"$(basename "$TERRAFORM_BINARY_NAME")\\":{}}}" > "$CDKTF_OUTDIR/manifest.json"`;

async function synthesized(command: string): Promise<readonly string[]> {
  const app = { folder, command, source: 'cdktf.json', environments: {} };
  const workspace = await Workspace.open(app, { step: (_, work) => work(() => undefined) });
  try {
    return await workspace.synthesize();
  } finally {
    await workspace.close();
  }
}
const told = async (): Promise<string[]> =>
  (await readFile(join(folder, 'told'), 'utf8').catch(() => '')).trim().split('\n');

it('runs the app once, which is told of the engine', async () => {
  const tofu = await engine('tofu', ofVersion('1.11.0'));
  await expect(synthesized(NOTES)).resolves.toEqual(['tofu']);
  expect(await told()).toEqual([tofu]);
});

it('runs the app while the engine is asked', async () => {
  await engine('tofu', `until [ -s "${folder}/told" ]; do sleep 0.02; done; ${ofVersion('1.11.0')}`);
  await expect(synthesized(NOTES)).resolves.toEqual(['tofu']);
});

it('runs it again where the engine turns out to be another one', async () => {
  const old = await engine('tofu', ofVersion('1.9.0'));
  const other = await engine('terraform', ofVersion('1.11.0'));
  await expect(synthesized(NOTES)).resolves.toEqual(['terraform']);
  expect(await told()).toEqual([old, other]);
});

it('does not mind what the app said of the other one', async () => {
  await engine('tofu', ofVersion('1.9.0'));
  await engine('terraform', ofVersion('1.11.0'));
  const refuses = `case $TERRAFORM_BINARY_NAME in *tofu) exit 1;; esac; ${NOTES}`;
  await expect(synthesized(refuses)).resolves.toEqual(['terraform']);
});

it.each([
  ['works', NOTES],
  ['fails, too', 'exit 1'],
])('says first that there is no engine, where the app %s', async (_, command) => {
  process.env.TERRAFORM_BINARY_NAME = await engine('old', ofVersion('1.9.0'));
  await expect(synthesized(command)).rejects.toMatchObject({ code: 'ERR_ENGINE_MISSING' });
});

it('says what the app said, where there is one', async () => {
  await engine('tofu', ofVersion('1.11.0'));
  await expect(synthesized('echo no bucket >&2; exit 1')).rejects.toMatchObject({
    code: 'ERR_SYNTH',
    message: expect.stringContaining('no bucket') as string,
  });
});
