import { isHttpsOrLoopback } from '@portcullis/runtime/policy';
import { PortcullisError } from '../../errors';

/**
 * The origin of the API: the only one that gets a token.
 *
 * @throws PortcullisError `ERR_SETTING` for what is no bare origin, and for plain http beyond this machine. It repeats
 *   nothing of the address: there may be a password in it.
 */
export function originOf(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    const isBare = [url.username, url.password, url.search, url.hash].every((part) => part === '');
    if (isBare && url.pathname === '/' && isHttpsOrLoopback(text)) return url;
  }
  throw new PortcullisError(
    'ERR_SETTING',
    'the address is not the origin of an API, as in https://staging.example.com: https (http only on loopback), without user, path or query',
    "name the origin; the policy's paths are asked for below it",
  );
}
