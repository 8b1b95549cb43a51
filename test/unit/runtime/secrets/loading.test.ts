import { build } from 'esbuild';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

test('the secrets alone load no more than metrics at a start: no Express, no zod, no PostgreSQL, no Redis', async () => {
  const { metafile } = await build({
    entryPoints: [join(__dirname, '../../../../runtime/src/secrets/index.ts')],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm', // What is imported then differs from what is required where it is used.
    write: false,
    metafile: true,
    outfile: 'secrets.js',
  });
  const [{ imports } = { imports: [] }] = Object.values(metafile.outputs);
  const atStart = imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path);
  const packages = new Set(
    atStart.filter((path) => !path.startsWith('node:') && !builtinModules.includes(path)),
  );
  expect([...packages].sort()).toEqual(['@opentelemetry/api']);
});
