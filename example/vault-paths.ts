import { policy } from '../policy';
import { MOUNTS, vaultNamesOf } from '../vault-names';

/** The KV entry that holds the API's configuration. */
export const CONFIG_PATH = `${MOUNTS.kv}/${vaultNamesOf(policy).entries.config}`;

/** The key behind the pseudonyms that the log calls people by. */
export const PSEUDONYM_KEY = `${MOUNTS.pseudonyms}/${vaultNamesOf(policy).pseudonymKey}`;
