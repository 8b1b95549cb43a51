/** The address that an anonymous request is counted under. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import type { TrustedProxies } from '../options';

/**
 * Reads a request's client address: the socket's, or what trusted proxies forwarded, counted from the
 * socket backwards. What an untrusted client wrote in front is never reached.
 */
export function clientAddress(trusted: TrustedProxies): (req: IncomingMessage) => string {
  const isTrusted =
    typeof trusted === 'number' ? (_address: string, hop: number) => hop < trusted : byRanges(trusted);
  return (req) => {
    let address = canonical(remoteAddress(req)) ?? '';
    const forwarded = [req.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    for (let hop = 0; isTrusted(address, hop); hop += 1) {
      const before = canonical(withoutPort((forwarded.pop() ?? '').trim()));
      if (before === undefined) break;
      address = before;
    }
    return address;
  };
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

/**
 * The network that one subscriber holds: an IPv4 address, or the /56 of an IPv6 one, of which every
 * address is theirs to use.
 */
export function subscriberNetwork(address: string): string {
  if (!address.includes(':')) return address;
  const [a, b, c, d = 0] = ipv6Groups(address);
  return [a, b, c, d & 0xff00].map((group) => (group ?? 0).toString(16)).join(':') + '::/56';
}

/** The network of an address as somebody wrote it: of what is no address, one for all. */
export function networkOf(text: string): string {
  return subscriberNetwork(canonical(text) ?? '');
}
