/** Problems of what the Vault constructs are given, as `refuseProps()` lists them. */
import type { Policy, Problem } from '@portcullis/runtime/policy';
import { Fn, Op, type Precondition } from 'cdktf';
import { isIP } from 'node:net';
import { each, looksSecret, shown, unlike } from '../core/props/checks';
import { isLater, known, later } from '../core/props/later';

/** Longest life of a credential, of a token between two renewals and of a secret ID, in seconds. */
export const LONGEST_SECONDS = 3_600;

/**
 * A name that stands in a Vault path and in policies. Globs (`*`, `+`), `..` and spaces would widen a policy, or make
 * it apply to another path.
 */
export function nameProblems(path: string, name: string): Problem[] {
  const right = typeof name === 'string' && /^[a-z0-9_][a-z0-9_-]*(\/[a-z0-9_][a-z0-9_-]*)*$/i.test(name);
  if (right) return [];
  if (isLater(name)) return known(path, name, 'policies and addresses are made of it');
  const expected = 'letters, digits, "_" and "-", with "/" between segments';
  return [{ path, message: `received ${shown(name)}; expected ${expected}` }];
}

/** Policies that Vault has itself: writing one of them replaces it for everybody. Vault lower-cases their names. */
const OWN_POLICIES = ['default', 'root', 'response-wrapping', 'control-group'];

/** Name of an ACL policy. */
export function policyNameProblems(path: string, name: string): Problem[] {
  const wrong = nameProblems(path, name);
  if (wrong.length > 0 || !OWN_POLICIES.includes(name.toLowerCase())) return wrong;
  return [{ path, message: `received ${shown(name)}, a policy of Vault's own; expected another name` }];
}

/** First segments of paths where Vault has engines of its own, or looks for auth methods and audit devices. */
const OWN_MOUNTS = ['sys', 'identity', 'cubbyhole', 'auth', 'audit'];

/** Path of a secrets engine. */
export function mountProblems(path: string, mount: string): Problem[] {
  return ownMount(path, mount, OWN_MOUNTS);
}

/** Path of an auth method, below `auth/`. Tokens have theirs at `auth/token`. */
export function methodProblems(path: string, mount: string): Problem[] {
  return ownMount(path, mount, ['token']);
}

function ownMount(path: string, mount: string, own: readonly string[]): Problem[] {
  const wrong = nameProblems(path, mount);
  const [first = ''] = wrong.length > 0 ? [] : mount.toLowerCase().split('/');
  if (wrong.length > 0 || !own.includes(first)) return wrong;
  return [
    {
      path,
      message: `received ${shown(mount)}, where Vault has something of its own; expected another path`,
    },
  ];
}

/** A host that stands in a connection URL. A user, a port or a parameter beside it is refused. */
export function hostProblems(path: string, host: string): Problem[] {
  const expected = 'a host name or an address alone, an IPv6 address in brackets';
  const pattern = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])$/i;
  if (typeof host === 'string' && (host.includes('@') || looksSecret(host))) {
    return [{ path, message: `received more than a host, which is not shown; expected ${expected}` }];
  }
  return unlike(path, host, pattern, expected);
}

/** The lifetimes of a policy, which may shorten what an environment is given. */
export type Lifetimes = Pick<Policy, 'lifetimes'>;

/** Longest life in seconds, of which the policy may say less. */
export function ceiling(policy: Lifetimes | undefined): number {
  return Math.min(policy?.lifetimes.credentialSeconds ?? LONGEST_SECONDS, LONGEST_SECONDS);
}

/** Whole seconds of a TTL: at most an hour, and at most what the policy says where one is given. */
export function secondsProblems(path: string, seconds: number, policy?: Lifetimes): Problem[] {
  const most = ceiling(policy);
  if (isLater(seconds) || (Number.isSafeInteger(seconds) && seconds > 0 && seconds <= most)) return [];
  return [{ path, message: `received ${shown(seconds)}; expected ${lifeExpected(most)}` }];
}

/** The same check of seconds that are known only at the apply. */
export function secondsLater(path: string, seconds: number, policy?: Lifetimes): Precondition[] {
  if (!isLater(seconds)) return [];
  const most = ceiling(policy);
  const right = Op.and(Op.gte(seconds, 1), Op.and(Op.lte(seconds, most), Op.eq(Fn.floor(seconds), seconds)));
  return [later(right, path, lifeExpected(most))];
}

function lifeExpected(most: number): string {
  const why = most < LONGEST_SECONDS ? `, which is the policy's lifetimes.credential` : '';
  return `whole seconds from 1 to ${most}${why}`;
}

/**
 * Address ranges in CIDR notation (RFC 4632).
 *
 * @param blocks undefined when the prop was left out. An empty list is refused: Vault would take it for anywhere.
 */
export function cidrProblems(path: string, blocks: readonly string[] | undefined): readonly Problem[] {
  if (blocks === undefined || isLater(blocks)) return [];
  if (Array.isArray(blocks) && blocks.length === 0) {
    return [{ path, message: `received an empty list, which means anywhere; expected ${SOME_RANGE}` }];
  }
  const expected = 'an address range in CIDR notation, such as "10.0.0.0/16"';
  return each(path, blocks, (block, at) =>
    isLater(block) || isCidr(block)
      ? []
      : [{ path: at, message: `received ${shown(block)}; expected ${expected}` }],
  );
}

const SOME_RANGE = 'at least one range, or no list';

/** The same check of ranges that are known only at the apply: Vault itself refuses what is no range. */
export function cidrsLater(path: string, blocks: readonly string[] | undefined): Precondition[] {
  if (blocks === undefined || !isLater(blocks)) return [];
  return [later(Op.gte(Fn.lengthOf(blocks), 1), path, SOME_RANGE)]; // cdktf writes no zero
}

function isCidr(block: unknown): boolean {
  if (typeof block !== 'string') return false;
  const [address = '', bits = '', ...rest] = block.split('/');
  const family = isIP(address);
  return (
    family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
  );
}
