/**
 * A service in a process of its own, so that a test can kill it or watch it end: leases a user of PostgreSQL,
 * prints its name, then stays. Everything comes from the environment, as in production.
 */
import { SecretsManager } from '@portcullis/runtime';

async function main(): Promise<void> {
  const { PGHOST: host, PGPORT: port, WITHOUT_TOKEN_SECONDS: seconds } = process.env;
  const secrets = await SecretsManager.connect({ withoutTokenSeconds: Number(seconds) });
  const pool = secrets.postgresPool('pg', { host, port: Number(port), database: 'postgres' });
  const { rows } = await pool.query<{ user: string }>('select current_user as user');
  process.stdout.write(`${rows[0]?.user ?? ''}\n`);
}

void main();
