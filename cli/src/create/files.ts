/** Every file of a new API, by path. What `portcullis init` writes too is written by it. */
import { IGNORED } from '../init/changes';
import { cdktfJson } from '../init/written/cdktf-json';
import { configSource } from '../init/written/config';
import { policySource } from '../init/written/policy';
import { protectSource } from '../init/written/protect';
import { stacksMain, vaultStack } from '../init/written/stacks';
import { appSource, serverSource } from './app';
import { appTest } from './app-test';
import { ciWorkflow } from './ci-workflow';
import type { NewApi } from './new-api';
import { readme } from './readme';

/** @param owners who reviews every change, as in `@example/platform`; none where there are none yet */
export async function filesOf(api: NewApi, owners: readonly string[]): Promise<Record<string, string>> {
  const { name, language } = api;
  return {
    'policy.ts': policySource({ name, language, routes: ROUTES, note: NOTE, tiers: TIERS }),
    'app.ts': appSource,
    'server.ts': serverSource(api.port),
    'protect.ts': protectSource(api) ?? '',
    'test/app.test.ts': appTest,
    'portcullis.config.ts': configSource('policy.ts', owners),
    'stacks/main.ts': stacksMain(),
    'stacks/vault-stack.ts': vaultStack(api),
    'cdktf.json': cdktfJson(name),
    'package.json': api.manifestText,
    'tsconfig.json': TSCONFIG,
    '.gitignore': `${['node_modules', ...IGNORED].join('\n')}\n`,
    '.github/workflows/ci.yml': ciWorkflow,
    'README.md': readme(name),
    ...(owners.length > 0 && (await reviewedBy(owners))),
  };
}

/** As `portcullis workflows` writes them. */
async function reviewedBy(codeOwners: readonly string[]): Promise<Record<string, string>> {
  // Loaded here alone: it costs half a second.
  const { repositoryFiles } = await import('@portcullis/constructs/github');
  return repositoryFiles({ codeOwners });
}

const ROUTES = [
  { method: 'GET', path: '/healthz' },
  { method: 'GET', path: '/orders', scopes: ['read:orders'] },
  { method: 'POST', path: '/orders', scopes: ['write:orders'], cost: 5 },
];
const NOTE =
  '`public: true` asks for no token; `cost` is what a call takes from its limit, 1 where it does not say.';
const TIERS = { limits: { free: 60, pro: 1_000 }, shadow: false };

const TSCONFIG = `${JSON.stringify(
  {
    compilerOptions: {
      ...{ target: 'es2022', module: 'preserve', moduleResolution: 'bundler', types: ['node'] },
      ...{ strict: true, noEmit: true, skipLibCheck: true },
    },
    include: ['*.ts', 'stacks', 'test'],
  },
  null,
  2,
)}\n`;
