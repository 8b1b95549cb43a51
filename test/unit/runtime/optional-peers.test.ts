/** Packages that are the application's to install: what is said where they are not. */
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import manifest from '../../../runtime/package.json';

const SOURCES = join(__dirname, '../../../runtime/src');

/** Each of them used where none of them can be found. */
const PROGRAM = `
  import { clientCredentials } from './auth/client-credentials/client-credentials';
  import { login } from './auth/login/login';
  import { definePolicy } from './policy';
  import { loadPg } from './secrets/postgres/load-pg';
  import { nodeRedis } from './secrets/redis/drivers/node-redis';
  import { awsSigner } from './secrets/aws/signer';
  const client = { clientId: 'web', clientSecret: 'of-a-test' };
  const issuer = 'https://auth.example.com';
  const policy = definePolicy({
    name: 'orders', issuer, audience: 'https://api.example.com', upgradeUrl: 'https://example.com/upgrade',
    defaultTier: 'free', tiers: { free: { limits: [{ limit: 100, window: '1m' }] } }, routes: [{ method: 'GET', path: '/', public: true }],
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  });
  const uses = [
    loadPg,
    nodeRedis,
    () => awsSigner({ service: 'sts', region: 'eu-central-1' }),
    () => login({ policy, ...client, redirectUri: 'https://app.example.com/auth/callback', encryptionKeys: [Buffer.alloc(32, 7).toString('base64')] }),
    () => clientCredentials({ issuer, ...client, resource: 'https://billing.example.com' }),
  ];
  Promise.all(uses.map(async (use) => { try { await use(); return 'there'; } catch (error) { return error.message; } }))
    .then((said) => console.log(JSON.stringify(said)));
`;

const WITHOUT_OPENID_CLIENT =
  'the authentication options has 1 problem\n' +
  '  openid-client: login() or clientCredentials() needs what is not installed: npm install openid-client\n(ERR_AUTH_OPTIONS_INVALID)';

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
      'postgresPool() needs what is not installed: npm install pg (ERR_SECRETS_CONFIG)',
      'nodeRedis() needs what is not installed: npm install redis (ERR_SECRETS_CONFIG)',
      'signing requests to AWS (sts) needs what is not installed: npm install @smithy/signature-v4 @aws-sdk/credential-provider-node (ERR_SECRETS_CONFIG)',
      WITHOUT_OPENID_CLIENT,
      WITHOUT_OPENID_CLIENT,
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
