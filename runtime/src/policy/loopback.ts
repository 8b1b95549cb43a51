import { isIPv4 } from 'node:net';

/**
 * Whether a host, as in a URL or by itself, is certainly this machine: what is sent there needs no TLS.
 *
 * `localhost`, `127.0.0.0/8` (RFC 1122 §3.2.1.3) and `::1`, each in the form that URLs have them in; every other
 * way to write an address is for a resolver to understand, which may ask somebody else.
 */
export function isLoopback(host: string): boolean {
  return /^(localhost|::1|\[::1\])$/i.test(host) || (isIPv4(host) && host.startsWith('127.'));
}

/** Whether an address is https, or plain http that cannot leave this machine. */
export function isHttpsOrLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
