import { ioredis } from '@portcullis/runtime/secrets';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Jobs } from '../jobs.mjs';

/** BullMQ duplicates the client that it is given, for the commands that block. */
export async function open({ secrets, redis }) {
  const rotating = secrets.redisClient('cache', { ...redis, driver: ioredis(Redis) });
  const connection = await rotating.duplicate();
  const jobs = new Jobs();
  const trouble = [];
  const queue = new Queue('mails', { connection });
  const worker = new Worker('mails', ({ data }) => Promise.resolve(jobs.do(data.job)), {
    connection,
    concurrency: 4,
  });
  for (const part of [queue, worker]) part.on('error', (error) => trouble.push(error.message));
  await worker.waitUntilReady();
  return {
    commit: () => jobs.ask((job) => queue.add('mail', { job }, { removeOnComplete: true })),
    settle: async () => ({ ...(await jobs.settle()), trouble }),
    close: async () => {
      await worker.close();
      await queue.close();
    },
  };
}
