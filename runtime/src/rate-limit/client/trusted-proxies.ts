/** Which proxies say who a client is, and what is said where nobody stated them. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv4 } from 'node:net';
import { z } from 'zod';
import { expected } from '../../policy/expected';
import { isAddressRange } from '../option-checks';

/** The number of hops in front of the app, or the addresses and ranges of its proxies: `'10.0.0.0/8'`, `'2001:db8::/32'`. */
type Proxies = number | readonly string[];

/**
 * The proxies whose entries in `X-Forwarded-For` are trusted. There is no "all": anyone can send the header.
 * `{ forwarded: 1 }` is for proxies that write `Forwarded` (RFC 7239) instead, as API Gateway's HTTP APIs do.
 */
export type TrustedProxies = Proxies | { readonly forwarded: Proxies };

const trust = expected(
  "0 to 10 hops, or a list of IP addresses and ranges such as '10.0.0.0/8': trust in everyone is trust in nobody",
);
const proxies = [
  z.int(trust).min(0, trust).max(10, trust),
  z.array(z.string(trust).refine(isAddressRange, expected("an IP address or range such as '10.0.0.0/8'"))),
] as const;

export const trustedProxies = z.union(
  [...proxies, z.strictObject({ forwarded: z.union(proxies, trust) })],
  trust,
);

const REMEDY =
  'Give 0 where clients connect to this process themselves, else how many proxies are before it, or their addresses';

/**
 * Says that nobody stated the proxies. The function that it returns looks at a request and says, once, that it came
 * through a proxy that nobody stated.
 *
 * @param limiter as its user knows it: `rateLimit()`.
 * @param consequence of proxies that are not stated: `calls of public routes are not limited`.
 */
export function watchForProxies(
  limiter: string,
  stated: TrustedProxies | undefined,
  consequence: string,
): (req: IncomingMessage) => void {
  if (stated === undefined) warn(`${limiter}: trustedProxies is not stated, so ${consequence}. ${REMEDY}.`);
  let isWatching = stated === undefined || stated === 0;
  return (req) => {
    if (!isWatching || !cameThroughProxy(req)) return;
    isWatching = false;
    const said = stated === undefined ? 'is not stated' : 'says 0';
    warn(
      `${limiter}: a request came through a proxy and trustedProxies ${said}, so all clients of that proxy count as one. ${REMEDY}.`,
    );
  };
}

/** Whoever calls from the internet may write such a header. A neighbour on a private network who does is a proxy. */
function cameThroughProxy({
  headers,
  socket,
}: Partial<Pick<IncomingMessage, 'headers' | 'socket'>>): boolean {
  if (headers?.['x-forwarded-for'] === undefined && headers?.forwarded === undefined) return false;
  const address = socket?.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '') ?? '';
  return address !== '' && PRIVATE.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291 §2.5.6, and loopback. */
const PRIVATE = new BlockList();
for (const [address, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
] as const)
  PRIVATE.addSubnet(address, prefix, isIPv4(address) ? 'ipv4' : 'ipv6');

function warn(message: string): void {
  process.emitWarning(message, { type: 'PortcullisWarning', code: 'PORTCULLIS_TRUSTED_PROXIES' });
}
