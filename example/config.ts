import { policy } from '../policy';
import { MOUNTS, vaultNamesOf } from '../vault-names';

/** Vault's KV entry that holds the configuration. */
export const CONFIG_PATH = `${MOUNTS.kv}/${vaultNamesOf(policy).entries.config}`;
