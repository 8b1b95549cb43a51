/** A worker with a user of PostgreSQL that changes while it works: the secrets alone, no policy, no limits. */
import { SecretsManager } from '@portcullis/runtime/secrets';
import { setTimeout as pause } from 'node:timers/promises';

// VAULT_ADDR, VAULT_ROLE_ID, VAULT_WRAPPED_SECRET_ID
const secrets = await SecretsManager.connect({ onEvent: (event) => console.error(JSON.stringify(event)) });
const { PGHOST: host, PGPORT: port, PGDATABASE: database } = process.env;
const jobs = secrets.postgresPool('mails-role', { host, port: Number(port ?? 5432), database, max: 2 });

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());

while (!stopping.signal.aborted) {
  const worked = await takeJob().catch((error: unknown) => {
    // Vault or the database is away, or the user's time is over: the job is still there.
    console.error(JSON.stringify({ type: 'job_failed', message: String(error) }));
    return false;
  });
  if (!worked) await pause(1_000, undefined, { signal: stopping.signal }).catch(() => undefined);
}
await secrets.close(); // gives its users back

/** Takes one job, which nobody else takes meanwhile. @returns whether there was one. */
async function takeJob(): Promise<boolean> {
  const { rows } = await jobs.query<{ id: number; taken_by: string }>(
    `delete from jobs where id = (select id from jobs order by id for update skip locked limit 1)
     returning id, current_user as taken_by`,
  );
  for (const job of rows) console.log(JSON.stringify(job));
  return rows.length > 0;
}
