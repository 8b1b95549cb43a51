import { baseOf, isLoopback, vaultAddressProblem } from '@portcullis/runtime/policy';
import { PortcullisError } from '../errors';
import { VaultClient } from '../engines/vault-client';

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
  if (!VAULT_ADDR)
    throw new PortcullisError(
      'ERR_SETTING',
      'VAULT_ADDR is not set',
      'set it to the address of Vault or OpenBao',
    );
  const problem = vaultAddressProblem(VAULT_ADDR);
  if (problem !== undefined)
    throw new PortcullisError(
      'ERR_SETTING',
      `VAULT_ADDR ${problem}`,
      'set it to the address of Vault or OpenBao',
    );
  const url = new URL(VAULT_ADDR);
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new PortcullisError('ERR_SETTING', `${url.origin} would get the token in the clear`, 'use https');
  }
  const token = VAULT_TOKEN?.trim();
  if (!token) {
    throw new PortcullisError(
      'ERR_SETTING',
      'VAULT_TOKEN is not set',
      'set it to a token that may do what the command does',
    );
  }
  return new VaultClient(baseOf(url), token, VAULT_NAMESPACE);
}
