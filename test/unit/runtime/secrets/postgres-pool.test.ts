/** Libraries look at what they are given: a rotating pool is the application's own pg.Pool. No connection is made. */
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { PoolRotation } from '../../../../runtime/src/secrets/postgres/pool-rotation';
import type { PgModule } from '../../../../runtime/src/secrets/postgres/load-pg';
import { resolvePostgresPool } from '../../../../runtime/src/secrets/options';
import { systemClock } from '../../../../runtime/src/time/clock';

const lender = {
  ready: () => new Promise<void>(() => undefined),
  refused: jest.fn(),
  close: () => Promise.resolve(),
};
const poolOf = (module: PgModule) =>
  new PoolRotation({
    pg: module,
    lender,
    clock: systemClock,
    pool: resolvePostgresPool({ host: 'db', max: 7 }),
  }).facade;

test('a rotating pool is an instance of the pg.Pool that it was made of, of no other', () => {
  class OtherPool extends pg.Pool {}
  expect(poolOf(pg)).toBeInstanceOf(pg.Pool);
  expect(poolOf(pg)).not.toBeInstanceOf(OtherPool);
  expect(poolOf({ Pool: OtherPool })).toBeInstanceOf(OtherPool);
});

test('it counts the connections of the real pools, of which there are none yet, and knows its options', () => {
  const pool = poolOf(pg);
  expect(pool).toMatchObject({ totalCount: 0, idleCount: 0, waitingCount: 0, ending: false, ended: false });
  expect(pool.connectionBudget).toBe(14);
  expect(pool.options).toMatchObject({ host: 'db', max: 7 });
});

test('it ends once, however often it is told', async () => {
  const pool = poolOf(pg);
  const ends = [pool.end(), pool.end()];
  expect(pool).toMatchObject({ ending: true, ended: false });
  await Promise.all(ends);
  expect(pool.ended).toBe(true);
});

/** As drizzle-orm up to 0.44 and @prisma/adapter-pg ask; up to 0.45 drizzle also asks for the class's name. */
const ASKING = `
  import { SecretsManager } from '@portcullis/runtime/secrets';
  import { Pool } from 'pg';
  import { PoolRotation } from ${JSON.stringify(join(__dirname, '../../../../runtime/src/secrets/postgres/pool-rotation.ts'))};
  import { loadPg } from ${JSON.stringify(join(__dirname, '../../../../runtime/src/secrets/postgres/load-pg.ts'))};
  const { facade } = new PoolRotation({ pg: loadPg(), lender: {}, clock: {}, pool: { max: 1 } });
  console.log(facade instanceof Pool, typeof SecretsManager.connect);
`;

test.each(['cjs', 'esm'] as const)('so it is in a minified bundle (%s)', async (format) => {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-bundle-'));
  try {
    const outfile = join(folder, format === 'esm' ? 'app.mjs' : 'app.cjs');
    await build({
      stdin: { contents: ASKING, resolveDir: __dirname, loader: 'ts' },
      bundle: true,
      minify: true,
      platform: 'node',
      format,
      outfile,
      external: ['pg-native', 'redis', '@smithy/*', '@aws-sdk/*'],
      // What bundlers of servers as ES modules are told, for packages that require().
      banner:
        format === 'esm'
          ? { js: "import{createRequire}from'module';const require=createRequire(import.meta.url);" }
          : {},
      alias: { '@portcullis/runtime/secrets': join(__dirname, '../../../../runtime/src/secrets/index.ts') },
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile]);
    expect(stdout).toBe('true function\n');
  } finally {
    await rm(folder, { recursive: true });
  }
});
