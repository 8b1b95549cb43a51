/** Packages that are the application's to install: what is said where they are not. */
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import manifest from '../../../../runtime/package.json';

const SOURCES = join(__dirname, '../../../../runtime/src/secrets');

/** Each of them used where none of them can be found. */
const PROGRAM = `
  import { loadPg } from './postgres/load-pg';
  import { nodeRedis } from './redis/drivers/node-redis';
  import { awsSigner } from './aws/signer';
  const uses = [loadPg, nodeRedis, () => awsSigner({ service: 'sts', region: 'eu-central-1' })];
  Promise.all(uses.map(async (use) => { try { await use(); return 'there'; } catch (error) { return error.code + ': ' + error.message; } }))
    .then((said) => console.log(JSON.stringify(said)));
`;

test('an error names the command that installs what is missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-peers-'));
  try {
    const outfile = join(folder, 'app.cjs');
    const { warnings } = await build({
      stdin: { contents: PROGRAM, resolveDir: SOURCES, loader: 'ts' },
      bundle: true,
      platform: 'node',
      external: Object.keys(manifest.peerDependencies),
      outfile,
    });
    expect(warnings).toEqual([]);
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual([
      'ERR_SECRETS_CONFIG: postgresPool() needs what is not installed: npm install pg',
      'ERR_SECRETS_CONFIG: nodeRedis() needs what is not installed: npm install redis',
      'ERR_SECRETS_CONFIG: signing requests to AWS (sts) needs what is not installed: npm install @smithy/signature-v4 @aws-sdk/credential-provider-node',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('every peer but Express is optional', () => {
  const required = Object.keys(manifest.peerDependencies).filter(
    (name) => !Object.hasOwn(manifest.peerDependenciesMeta, name),
  );
  expect(required).toEqual(['express']);
});
