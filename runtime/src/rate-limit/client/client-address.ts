/** The address that an anonymous request is counted under. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import type { TrustedProxies } from './trusted-proxies';

/**
 * Reads a request's client address: the socket's, or what trusted proxies forwarded, counted from the
 * socket backwards. What an untrusted client wrote in front is never reached.
 */
export function clientAddress(trustedProxies: TrustedProxies = 0): (req: IncomingMessage) => string {
  const isStandard = typeof trustedProxies === 'object' && 'forwarded' in trustedProxies;
  const trusted = isStandard ? trustedProxies.forwarded : trustedProxies;
  const isTrusted =
    typeof trusted === 'number' ? (_address: string, hop: number) => hop < trusted : byRanges(trusted);
  const [field, addressIn] = isStandard
    ? (['forwarded', forParameter] as const)
    : (['x-forwarded-for', (entry: string) => entry.trim()] as const);
  return (req) => {
    let address = canonical(remoteAddress(req)) ?? '';
    // Split at every comma: no address holds one, and a quotation mark that a client opened ends where its entry does.
    const forwarded = [req.headers[field] ?? []].flat().join(',').split(',');
    for (let hop = 0; isTrusted(address, hop); hop += 1) {
      const before = canonical(withoutPort(addressIn(forwarded.pop() ?? '')));
      if (before === undefined) break;
      address = before;
    }
    return address;
  };
}

/** Who asked the proxy that wrote this element of `Forwarded` (RFC 7239 §5.2): `by=10.0.0.1;for="[2001:db8::1]:4711"`. */
function forParameter(element: string): string {
  return /(?:^|;)\s*for="?([^";\s]*)"?\s*(?:;|$)/i.exec(element)?.[1] ?? '';
}

/** A request that an adapter made may have no socket: all such are one client. */
function remoteAddress({
  socket,
}: {
  readonly socket?: { readonly remoteAddress?: string | undefined };
}): string {
  return socket?.remoteAddress ?? '';
}

function byRanges(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return (address) => address !== '' && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** Some proxies append the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry)?.[1] ?? entry;
}

/** One spelling for each address: no zone, IPv4-mapped IPv6 as IPv4, other IPv6 as eight full groups. */
function canonical(text: string): string | undefined {
  const address = text.replace(/%.*$/, '').toLowerCase();
  if (isIPv4(address)) return address;
  if (isIP(address) === 0) return undefined;
  const groups = ipv6Groups(address);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped) return groups.map((group) => group.toString(16)).join(':');
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The eight 16-bit groups of a valid IPv6 address. */
function ipv6Groups(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [before = '', after] = hex.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => parseInt(group, 16));
}

/** A client's network, and the wider one that it may be a part of. */
export interface Networks {
  /** An IPv4 address; the /64 of an IPv6 one, of which every address is its subscriber's to use. */
  readonly network: string;
  /** The /48 of an IPv6 address: some subscribers hold all of its 65,536 networks. */
  readonly site?: string;
}

/** How many networks of a site may be at their limit at once. */
export const NETWORKS_AT_A_SITE = 16;

export function networksOf(address: string): Networks {
  if (!address.includes(':')) return { network: address };
  const groups = ipv6Groups(address).map((group) => group.toString(16));
  return {
    network: `${groups.slice(0, 4).join(':')}::/64`,
    site: `${groups.slice(0, 3).join(':')}::/48`,
  };
}

/** The network of an address as somebody wrote it: of what is no address, one for all. */
export function networkOf(text: string): string {
  return networksOf(canonical(text) ?? '').network;
}
