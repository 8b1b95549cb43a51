/** Which of Redis' users Vault made, and which of these no lease stands for any more. */

/** A lease, as `sys/leases/lookup` knows it. It does not say which user it is for. */
export interface LeaseOfRole {
  readonly role: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
}

interface LeasedName {
  readonly name: string;
  /** Token and role, in capitals, each cut to 64 characters. Both may hold an underscore. */
  readonly tokenAndRole: string;
  readonly namedAt: number;
}

/** Seconds. Vault names the user before it registers the lease, and ends requests that take longer than this. */
const LONGEST_REQUEST = 90;

/** Whether Vault's plugin makes such names: `V_<token>_<ROLE>_<20 random>_<seconds>`. */
export const looksLeased = (user: string): boolean => parse(user) !== undefined;

/**
 * Tells the users of living leases from those without. A lease names no user, so they are matched by role and time.
 * Where two users may belong to one lease, both are kept.
 */
export function withoutLease(
  users: readonly string[],
  leases: readonly LeaseOfRole[],
): { readonly leased: string[]; readonly orphaned: string[] } {
  const named = users.map(parse).filter((user) => user !== undefined);
  const kept = new Set<string>();
  for (const { role, issuedAt } of [...leases].sort((a, b) => a.issuedAt - b.issuedAt)) {
    const candidates = named
      .filter(({ tokenAndRole }) => tokenAndRole.endsWith(`_${role.toUpperCase().slice(0, 64)}`))
      .map(({ name, namedAt }) => ({ name, age: Math.floor(issuedAt) - namedAt }))
      .filter(({ age }) => age >= 0 && age <= LONGEST_REQUEST)
      .sort((a, b) => a.age - b.age);
    const atOnce = candidates.filter(({ age }) => age <= 1);
    const [late] = candidates.filter(({ name }) => !kept.has(name));
    for (const { name } of atOnce.length > 0 ? atOnce : late ? [late] : []) kept.add(name);
  }
  const names = named.map(({ name }) => name);
  return {
    leased: names.filter((name) => kept.has(name)),
    orphaned: names.filter((name) => !kept.has(name)),
  };
}

function parse(name: string): LeasedName | undefined {
  const [, tokenAndRole, seconds] = /^V_([^_].*_.+)_[A-Z0-9]{20}_(\d{10})$/.exec(name) ?? [];
  if (tokenAndRole === undefined || seconds === undefined) return undefined;
  return { name, tokenAndRole, namedAt: Number(seconds) };
}
