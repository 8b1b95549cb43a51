/** What a task finds: a folder, real servers, and how they are told to it. */
import { join } from 'node:path';
import { databaseNames, makeDatabase } from '../../cli/src/app-start/database';
import { choosePort } from '../../cli/src/engines/process/ports';
import type { Run } from '../../cli/src/engines/process/run';
import { findRedis } from '../../cli/src/engines/programs/redis';
import { withoutGenericVariables } from '../../cli/src/local/generic-variables';
import { startOpenBao } from '../../cli/src/local/servers/openbao';
import { startPostgres } from '../../cli/src/local/servers/postgres';
import { startRedis } from '../../cli/src/local/servers/redis';
import { randomPassword } from '../../cli/src/engines/random';
import { engineContext, prepareDeployment } from '../packages/deployment';
import { openBaoBinary } from '../support/engines';
import { lockingFrom } from '../support/locking';

const CHECKOUT = join(__dirname, '../..');

/** Does the task in that folder. @throws Error with all that it said. */
export async function done(run: Run, task: string, folder: string, told: NodeJS.ProcessEnv): Promise<void> {
  const work = await run.subfolder(`work-${task}`);
  await run.complete(
    {
      name: task,
      command: 'bash',
      args: [join(__dirname, `${task}.sh`)],
      cwd: folder,
      env: run.withThisNode({
        ...withoutGenericVariables(process.env),
        ...{ CHECKOUT, WORK: work, TSX: require.resolve('tsx') },
        // Our packages as their sources.
        TSX_TSCONFIG_PATH: join(CHECKOUT, 'tsconfig.json'),
        ...told,
      }),
    },
    { code: 'ERR_SERVER_FAILED', remedy: `test/tasks/${task}.sh, or its page, says what is not so` },
  );
}

/** A Vault with nothing in it, and the database of an API called so, as `portcullis start` makes it. */
export async function servers(run: Run, api: string): Promise<NodeJS.ProcessEnv> {
  const bao = await openBaoBinary(run);
  const [vault, postgres, redis] = await Promise.all([
    startOpenBao(run, { binary: bao }),
    startPostgres(run),
    findRedis(engineContext(run)).then((binary) => startRedis(run, { binary })),
  ]);
  const names = databaseNames(api);
  const password = await makeDatabase(postgres.adminUrl, names, []);
  const { engine, mirrors, variables } = await prepareDeployment(run, vault);
  return {
    ...variables,
    ...(await lockingFrom(mirrors)),
    ...{ BAO: bao, TERRAFORM_BINARY_NAME: engine, TF_VAR_state_passphrase: randomPassword() },
    CDKTF_HOME: join(run.folder, 'cdktf'),
    TF_VAR_redis_bootstrap_password: redis.bootstrapPassword,
    PORTCULLIS_DATABASE_URL: `postgres://${postgres.host}:${postgres.port}/${names.database}`,
    PORTCULLIS_REDIS_URL: `redis://${redis.host}:${redis.port}`,
    POSTGRES_HOST: postgres.host,
    POSTGRES_PORT: String(postgres.port),
    POSTGRES_PASSWORD: password,
    PORT: String(await choosePort(undefined, 'the API')),
  };
}
