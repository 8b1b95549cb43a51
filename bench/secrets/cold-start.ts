/** A service's start up to its first query: logs in, leases a user, connects. */
import { connect } from './connect';

async function main(): Promise<void> {
  const { secrets, pool } = await connect();
  await pool.query('select 1');
  process.send?.('queried');
  await secrets.close();
  process.exit();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
