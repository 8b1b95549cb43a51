import { isLoopback } from '@portcullis/runtime/policy';
import { PortcullisError, shownAddress } from './errors';
import { VaultClient } from './engines/vault-client';

/**
 * A client of Vault with the token of the person who runs the command. Address and token come from the environment
 * alone: everybody on the machine can read a command's arguments.
 *
 * @throws PortcullisError `ERR_SETTING`
 */
export function vaultFromEnvironment({
  VAULT_ADDR,
  VAULT_TOKEN,
  VAULT_NAMESPACE,
}: NodeJS.ProcessEnv): VaultClient {
  const url = VAULT_ADDR && URL.canParse(VAULT_ADDR) ? new URL(VAULT_ADDR) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new PortcullisError(
      'ERR_SETTING',
      VAULT_ADDR ? `VAULT_ADDR is no http(s) URL: ${shownAddress(VAULT_ADDR)}` : 'VAULT_ADDR is not set',
      'set it to the address of Vault or OpenBao',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new PortcullisError('ERR_SETTING', `${url.origin} would get the token in the clear`, 'use https');
  }
  if (!VAULT_TOKEN) {
    throw new PortcullisError(
      'ERR_SETTING',
      'VAULT_TOKEN is not set',
      'set it to a token that may do what the command does',
    );
  }
  return new VaultClient(url.origin, VAULT_TOKEN, VAULT_NAMESPACE);
}
