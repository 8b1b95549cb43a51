import { vaultAddressProblem } from '../../policy/address';
import { isLoopback } from '../../policy/loopback';
import { SecretsError } from '../errors';

/**
 * The servers of one cluster, from an option or a comma-separated `VAULT_ADDR`.
 *
 * @throws SecretsError `ERR_SECRETS_CONFIG` when there is none, or one is no URL or more than an address;
 * `ERR_VAULT_ADDRESS_INSECURE` for plain HTTP outside loopback without the switch.
 */
export function parseAddresses(
  given: string | readonly string[] | undefined,
  allowPlainHttp: boolean,
): readonly URL[] {
  const texts = (typeof given === 'string' ? given.split(',') : (given ?? []))
    .map((text) => text.trim())
    .filter(Boolean);
  if (texts.length === 0) {
    throw new SecretsError('ERR_SECRETS_CONFIG', 'no Vault address: set VAULT_ADDR, or pass { address }');
  }
  return texts.map((text) => {
    const problem = vaultAddressProblem(text);
    if (problem !== undefined) throw new SecretsError('ERR_SECRETS_CONFIG', `the Vault address ${problem}`);
    const url = new URL(text);
    if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowPlainHttp) {
      throw new SecretsError(
        'ERR_VAULT_ADDRESS_INSECURE',
        `the Vault address "${url.origin}" would send tokens in the clear: use https, or pass { allowPlainHttp: true }`,
      );
    }
    return url;
  });
}
