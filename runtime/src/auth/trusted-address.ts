import { isLoopback } from '../policy/loopback';

/**
 * Whether an address that an issuer published may be asked: https, or plain http of a loopback issuer's own host. A
 * remote issuer that sends us to our own machine would have us ask a server that it cannot reach itself.
 */
export function isTrustedAddress(address: string, issuer: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  if (protocol === 'https:') return true;
  const own = new URL(issuer);
  return (
    protocol === 'http:' && own.protocol === 'http:' && own.hostname === hostname && isLoopback(hostname)
  );
}
