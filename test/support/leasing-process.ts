/** A service that leases a user of PostgreSQL and one of Redis, tells so, and works until it is killed. */
import { SecretsManager } from '../../runtime/src/secrets';

// Nothing is left of it when the test is gone.
process.once('disconnect', () => process.exit());

const address = (variable: string): { host: string; port: number } => {
  const [host = '', port] = (process.env[variable] ?? '').split(':');
  return { host, port: Number(port) };
};

void SecretsManager.connect().then(async (secrets) => {
  const pool = secrets.postgresPool('pg', { ...address('POSTGRES'), database: 'postgres' });
  const redis = secrets.redisClient('cache', address('REDIS'));
  await Promise.all([pool.query('select 1'), redis.sendCommand(['PING'])]);
  process.send?.('leased');
});
