import { Logger, run } from 'graphile-worker';
import { Jobs } from '../jobs.mjs';

/** It holds a client for LISTEN, and connects again when that is lost. */
export async function open({ secrets, postgres }) {
  const pgPool = secrets.postgresPool('app', { ...postgres, max: 8 });
  const jobs = new Jobs();
  const runner = await run({
    pgPool,
    concurrency: 4,
    // Only LISTEN finds jobs sooner than that.
    pollInterval: 60_000,
    noHandleSignals: true,
    logger: new Logger(() => () => undefined),
    taskList: { mail: ({ job }) => jobs.do(job) },
  });
  return {
    commit: () => jobs.ask((job) => runner.addJob('mail', { job })),
    settle: () => jobs.settle(),
    close: async () => {
      await runner.stop();
      await pgPool.end();
    },
  };
}
