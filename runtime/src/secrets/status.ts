import type { Clock } from '../time/clock';
import { deadlineOf } from './lease/credential';
import type { AnyLease } from './lease/lease-registry';
import type { TokenKeeper } from './vault/token-keeper';

/** The state of one lease, without its secret or lease ID. */
export interface LeaseStatus {
  /** Who leases it: `vault-database`, `vault`, `elasticache-iam` or `upstash-kv`. */
  readonly source: string;
  /** The role or path that it is leased from. */
  readonly role: string;
  readonly state: 'starting' | 'serving' | 'rotating' | 'expired' | 'closed';
  /** Its user; `undefined` without a credential, as the numbers below. */
  readonly user: string | undefined;
  /** Seconds since it was leased. */
  readonly ageSeconds: number | undefined;
  /** Seconds until the lease or the token ends, whichever is first; `undefined` without a credential. */
  readonly deadlineInSeconds: number | undefined;
  /** `expire` only if nothing will replace the credential, or renew its token, before that. */
  readonly nextAction: 'rotate' | 'expire' | 'nothing';
  readonly nextActionInSeconds: number | undefined;
  /** Code of the last failure, until it is mended. */
  readonly lastErrorCode: string | undefined;
}

/** The state of the Vault token. */
export interface TokenStatus {
  readonly valid: boolean;
  /** Seconds until it ends; `undefined` if it never does, or there is none. */
  readonly deadlineInSeconds: number | undefined;
  readonly nextAction: 'renew' | 'login';
  readonly nextActionInSeconds: number | undefined;
  readonly lastErrorCode: string | undefined;
}

/** The state of a SecretsManager. */
export interface SecretsStatus {
  readonly token: TokenStatus;
  readonly leases: readonly LeaseStatus[];
}

/** Whether a SecretsManager is ready, for `/readyz`. */
export interface SecretsReadiness {
  readonly ready: boolean;
  /** What is not ready, such as `redis-role: expired (ERR_VAULT_SEALED)`. */
  readonly problems: readonly string[];
}

export function statusOf(clock: Clock, keeper: TokenKeeper, leases: readonly AnyLease[]): SecretsStatus {
  const now = clock.monotonic();
  const { valid, deadline, nextAction, nextAt, lastError } = keeper.state;
  return {
    token: {
      valid,
      deadlineInSeconds: inSeconds(deadline, now),
      nextAction,
      nextActionInSeconds: inSeconds(nextAt, now),
      lastErrorCode: lastError?.code,
    },
    leases: leases.map((lease) => leaseStatus(lease, now, lastError === undefined)),
  };
}

export function readinessOf({ token, leases }: SecretsStatus): SecretsReadiness {
  const unready = leases
    .filter(({ user, state }) => user === undefined && state !== 'closed')
    .map(
      ({ role, state, lastErrorCode }) => `${role}: ${state}${lastErrorCode ? ` (${lastErrorCode})` : ''}`,
    );
  const problems = token.valid ? unready : [`token: ${token.lastErrorCode ?? 'none'}`, ...unready];
  return { ready: problems.length === 0, problems };
}

function leaseStatus(lease: AnyLease, now: number, tokenIsKept: boolean): LeaseStatus {
  const { credential } = lease;
  const next = lease.next(tokenIsKept);
  return {
    source: lease.source.kind,
    role: lease.source.role,
    state: lease.state,
    user: credential?.user,
    ageSeconds: credential && inSeconds(now, credential.obtainedAt),
    deadlineInSeconds: credential && inSeconds(deadlineOf(credential), now),
    nextAction: next.do,
    nextActionInSeconds: inSeconds(next.at, now),
    lastErrorCode: lease.lastError?.code,
  };
}

/** `undefined` for what never comes, so that the status survives JSON. */
function inSeconds(moment: number, now: number): number | undefined {
  return Number.isFinite(moment) ? Math.round((moment - now) / 100) / 10 : undefined;
}
