import { Client } from 'pg';
import type { LocalEnvironment } from '../local/environment';
import { redisCommand } from '../local/servers/redis';
import type { Service } from '../local/service';
import type { AdminQuery, World } from './world';

/** The journey's world, on a local environment. */
export function worldOf(environment: LocalEnvironment, service: Service): World {
  const { identity, postgres, redis } = environment;
  return {
    api: service.url,
    token: (client, scopes) => identity.token(client, scopes),
    withPostgres: (use) => withSuperuser(postgres.databaseUrl, use),
    redis: (...command) => redisCommand(redis.adminUrl, command),
    rotate: () => service.process.signal('SIGUSR2'),
    stopApi: () => service.stop(),
    pendingChanges: () => environment.pendingChanges(),
  };
}

async function withSuperuser<T>(url: string, use: (query: AdminQuery) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(
      async <Row>(sql: string, values?: unknown[]) => (await client.query(sql, values)).rows as Row[],
    );
  } finally {
    await client.end();
  }
}
