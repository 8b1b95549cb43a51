import type { Clock } from '../time/clock';
import { deadlineOf } from './lease/credential';
import type { AnyLease } from './lease/lease-registry';
import type { TokenKeeper } from './vault/token-keeper';

/** One lease as `portcullis secrets status` shows it. No secret, no lease ID. */
export interface LeaseStatus {
  readonly source: string;
  readonly role: string;
  readonly state: 'starting' | 'serving' | 'rotating' | 'expired' | 'closed';
  readonly user: string | undefined;
  readonly ageSeconds: number | undefined;
  /** Seconds until min(lease, token); `undefined` without a credential. */
  readonly deadlineInSeconds: number | undefined;
  /** `expire` only where nothing will replace the credential, or keep its token, before that. */
  readonly nextAction: 'rotate' | 'expire' | 'nothing';
  readonly nextActionInSeconds: number | undefined;
  readonly lastErrorCode: string | undefined;
}

export interface TokenStatus {
  readonly valid: boolean;
  readonly deadlineInSeconds: number | undefined;
  readonly nextAction: 'renew' | 'login';
  readonly nextActionInSeconds: number | undefined;
  readonly lastErrorCode: string | undefined;
}

export interface SecretsStatus {
  readonly token: TokenStatus;
  readonly leases: readonly LeaseStatus[];
}

/** For `/readyz`. */
export interface SecretsReadiness {
  readonly ready: boolean;
  /** What is not ready, as in `redis-role: expired (ERR_VAULT_SEALED)`. */
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
