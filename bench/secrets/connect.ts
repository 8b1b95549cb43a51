import { appRole, SecretsManager, type RotatingPool } from '@portcullis/runtime/secrets';
import { settings } from '../lib/settings';
import { POOL_SIZE, type SecretsSettings } from './settings';

export const given = settings() as SecretsSettings;

/** Logs in and makes the pool, as the example's service does. */
export async function connect(max = POOL_SIZE): Promise<{ secrets: SecretsManager; pool: RotatingPool }> {
  const { vaultAddress: address, login, database } = given;
  const secrets = await SecretsManager.connect({ address, login: appRole(login) });
  return { secrets, pool: secrets.postgresPool('fintech-api-role', { ...database, max }) };
}
