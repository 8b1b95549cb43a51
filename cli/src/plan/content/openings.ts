/** Who can reach something from the internet, by the addresses and ranges that are let in. */
import { changedAttributes, type Attributes, type Change } from '../change';
import type { Remark } from '../grade';
import { isRecord, own, type Value } from '../values';
import { coverMuch, isRange, spansMuch } from './cidr';
import { isInert } from './inert';
import { keyOf, leavesOf, type Leaf } from './leaves';

/** Fields that say to where, not from where. */
const OUTWARDS = /egress|outbound|destination|dest_|to_cidr|route(?!r)|peer|target/;

/** Fields that say from where. */
const SOURCES =
  /source|cidr|range|allow|remote|from|prefix|(^|_)ips?(_(?!address$)|$)|whitelist|authorized_networks|addresses/;

/** Fields whose address is that of somebody else, to whom something is sent. */
const ELSEWHERE =
  /external_ips?|nat_ip|public_ip|endpoint|upstream|forward|dns|name_?server|resolver|next_hop|customer_gateway/;

/** Words for everywhere. */
const ANYWHERE = /^(\*|internet|any)$/i;

/** Whether a text stands where callers are named by their address. */
export function isSource(path: string, text: string): boolean {
  return SOURCES.test(path) && !ELSEWHERE.test(path) && (isRange(text) || ANYWHERE.test(text));
}

/**
 * Ranges that together are most of the internet, in one block or list: also where they stay, and something changes
 * beside them, such as the ports.
 *
 * @param names the attributes in which they may be.
 */
export function openings(change: Change, names: readonly string[]): Remark[] {
  const { before, after } = change;
  if (turnsAway(after) || changedAttributes(change).every(isInert)) return [];
  const old = new Set(names.flatMap((name) => blocksIn(own(before, name), name)).map(textOf));
  const open = names
    .flatMap((name) => blocksIn(own(after, name), name))
    .filter((block) => (block.top || !old.has(textOf(block))) && isOpen(block))
    .map(({ path }): Remark => ({ grade: 'danger', sentence: `${path} lets in most of the internet` }));
  const [first, last] = [own(after, 'start_ip_address'), own(after, 'end_ip_address')];
  return typeof first === 'string' && typeof last === 'string' && spansMuch(first, last)
    ? [...open, { grade: 'danger', sentence: 'lets in most of the internet' }]
    : open;
}

interface Block {
  readonly path: string;
  readonly leaves: readonly Leaf[];
  /** Whether it belongs to the resource as a whole: another port beside it is another port of it. */
  readonly top: boolean;
  /** Whether it denies, or is about calls to elsewhere. */
  readonly closed: boolean;
}

/** The innermost blocks of an attribute. */
function blocksIn(value: Value | undefined, path: string): Block[] {
  const items = (Array.isArray(value) ? value : [value]) as readonly Value[];
  const blocks = items.filter((item) => isRecord(item)) as unknown as Attributes[];
  if (blocks.length === 0) return [{ path, leaves: leavesOf(value, path), top: true, closed: false }];
  return blocks.flatMap((block) => {
    const inner = Object.entries(block).filter(([, part]) => holdsBlocks(part));
    const plain = Object.fromEntries(Object.entries(block).filter(([, part]) => !holdsBlocks(part)));
    return [
      { path, leaves: leavesOf(plain, path), top: false, closed: turnsAway(block) },
      ...inner.flatMap(([name, part]) => blocksIn(part, `${path}.${name}`)),
    ];
  });
}

function holdsBlocks(value: Value): boolean {
  return Array.isArray(value) ? (value as readonly Value[]).some((item) => isRecord(item)) : isRecord(value);
}

function isOpen({ path, leaves, closed }: Block): boolean {
  if (closed || OUTWARDS.test(path)) return false;
  const sources = leaves.flatMap(({ path: at, value }) =>
    typeof value === 'string' && !OUTWARDS.test(at) && isSource(at, value) ? [value] : [],
  );
  return sources.some((text) => ANYWHERE.test(text)) || coverMuch(sources);
}

function textOf({ path, leaves }: Block): string {
  return [path, ...leaves.map(({ path: at, value }) => `${at} ${keyOf(value)}`)].join('\n');
}

/** Whether a block denies, or is about calls to elsewhere. */
function turnsAway(block: Attributes): boolean {
  const says = (name: string, pattern: RegExp): boolean => {
    const value = own(block, name);
    return typeof value === 'string' && pattern.test(value);
  };
  return (
    ['access', 'action', 'effect', 'rule_action'].some((name) => says(name, /^(deny|block|drop|reject)/i)) ||
    ['direction', 'type'].some((name) => says(name, /^(egress|outbound)$/i)) ||
    own(block, 'egress') === true
  );
}
