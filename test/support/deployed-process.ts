/**
 * Holds the deployed environment of the integration tests, in a process of its own: jest's global setup knows
 * nothing of the workspace's package names. Ends in good order when its parent says so, or is gone.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEnvironment } from '../../cli/src/local/environment';
import { messageOf } from '../../cli/src/errors';
import type { Deployed } from './deployed';

async function main(): Promise<void> {
  // Always servers of our own: tests restart them, and write what they like.
  const environment = await startEnvironment();
  const stop = (): void => void environment.stop().then(() => process.exit(0));
  process.once('disconnect', stop);

  const { vault, postgres, redis, identity } = environment;
  const deployed: Deployed = {
    vault: { address: vault.address, rootToken: vault.rootToken },
    postgres: {
      host: postgres.host,
      port: postgres.port,
      adminUrl: postgres.adminUrl,
      databaseUrl: postgres.databaseUrl,
    },
    vaultUser: environment.vaultUser,
    redis: { host: redis.host, port: redis.port, adminUrl: redis.adminUrl },
    issuer: identity.issuer,
  };
  const file = join(environment.run.folder, 'deployed.json');
  await writeFile(file, JSON.stringify(deployed), { mode: 0o600 });
  process.send?.({ file });
}

main().catch((error: unknown) => {
  process.send?.({ problem: messageOf(error) }, () => process.exit(1));
});
