import PgBoss from 'pg-boss';
import { Jobs } from '../jobs.mjs';

export async function open({ secrets, postgres }) {
  const pool = secrets.postgresPool('app', { ...postgres, max: 8 });
  const boss = new PgBoss({ db: { executeSql: (text, values) => pool.query(text, values) } });
  const jobs = new Jobs();
  const trouble = [];
  boss.on('error', (error) => trouble.push(error.message));
  await boss.start();
  await boss.createQueue('mails');
  await boss.work('mails', { batchSize: 500, pollingIntervalSeconds: 0.5 }, async (batch) => {
    for (const { data } of batch) jobs.do(data.job);
  });
  return {
    commit: () => jobs.ask((job) => boss.send('mails', { job })),
    settle: async () => ({ ...(await jobs.settle()), trouble }),
    close: async () => {
      await boss.stop({ graceful: false });
      await pool.end();
    },
  };
}
