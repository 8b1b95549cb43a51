/** Ranges of addresses, and how much of the internet they are. */

/** Half of an eighth of IPv4: no company has that much, and no list of partners. */
const MUCH = 1 / 16;

/** Ranges that no route of the internet leads to (RFC 6890). */
const PRIVATE: readonly Range[] = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/3',
]
  .flatMap((text) => text.split(' '))
  .flatMap((text) => rangeOf(text) ?? []);

/** First and last address, as parts of the whole: 0 is the first, 1 is behind the last. */
interface Range {
  readonly version: 4 | 6;
  readonly from: number;
  readonly to: number;
}

export function isRange(text: string): boolean {
  return rangeOf(text) !== undefined;
}

/** Whether ranges together are a large part of the internet. */
export function coverMuch(texts: readonly string[]): boolean {
  const ranges = texts.map(rangeOf).filter((range) => range !== undefined);
  const whole = ranges.some(({ from, to }) => to - from >= 1);
  return (
    whole ||
    ([4, 6] as const).some(
      (version) => publicPart(ranges.filter((range) => range.version === version)) >= MUCH,
    )
  );
}

/** Whether a range that is given by its first and its last address is a large part of the internet. */
export function spansMuch(first: string, last: string): boolean {
  const [from, to] = [rangeOf(first)?.from, rangeOf(last)?.to];
  return from !== undefined && to !== undefined && to - from >= MUCH;
}

/** Everything routable in IPv6 is within 2000::/3. */
function publicPart(ranges: readonly Range[]): number {
  if (ranges.length === 0) return 0;
  const [first, last] = ranges[0]?.version === 6 ? [1 / 8, 2 / 8] : [0, 1];
  const excluded = ranges[0]?.version === 6 ? [] : PRIVATE;
  const edges = [...ranges, ...excluded].flatMap(({ from, to }) => [from, to]);
  const points = [...new Set([first, last, ...edges])]
    .filter((at) => at >= first && at <= last)
    .sort((a, b) => a - b);
  const within = (list: readonly Range[], at: number): boolean =>
    list.some(({ from, to }) => from <= at && at < to);
  let part = 0;
  for (const [index, from] of points.entries()) {
    const to = points[index + 1];
    if (to !== undefined && within(ranges, from) && !within(excluded, from)) part += to - from;
  }
  return part / (last - first);
}

/** `10.0.0.0/8`, `2001:db8::/32`; an address alone is a range of one. */
function rangeOf(text: string): Range | undefined {
  const [address = '', length] = text.trim().split('/');
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number);
  const groups = octets ? undefined : groupsOf(address);
  if (!octets && !groups) return undefined;
  const bits = octets ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  if (!/^\d{0,3}$/.test(length ?? '') || !(prefix >= 0 && prefix <= bits)) return undefined;
  if (octets?.some((octet) => octet > 255)) return undefined;
  const [parts, base] = octets ? [octets, 256] : [groups ?? [], 65_536];
  const position = parts.reduce((sum, part, index) => sum + part / base ** (index + 1), 0);
  const size = 2 ** -prefix;
  const from = Math.floor(position / size) * size;
  return { version: octets ? 4 : 6, from, to: from + size };
}

function groupsOf(address: string): number[] | undefined {
  if (!/^[0-9a-f:]+$/i.test(address) || !address.includes(':')) return undefined;
  const [head = '', tail] = address.split('::');
  const read = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [first, last] = [read(head), read(tail ?? '')];
  const missing = 8 - first.length - last.length;
  if (missing < 0 || (tail === undefined && missing > 0) || address.split('::').length > 2) return undefined;
  const groups = [...first, ...Array<string>(missing).fill('0'), ...last];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => parseInt(group, 16))
    : undefined;
}
