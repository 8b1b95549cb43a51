import { backoffMs } from '../backoff';
import { within, type Clock } from '../clock';
import { SecretsError } from '../errors';
import type { EmitEvent } from '../events';
import type { Scheduler, Task } from '../scheduler';
import { isTransient } from '../vault/failure';
import type { Consumer, Generation } from './consumer';
import type { Credential, CredentialSource } from './credential';
import { nextLeaseAction, retryAt, rotateAt } from './lease-life';

export interface LeaseOptions {
  readonly source: CredentialSource;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly emit: EmitEvent;
  /** Share of the TTL after which the credential is replaced. */
  readonly rotateShare: number;
  /** Longest wait for work in flight before the old connections are closed. */
  readonly drainMs: number;
  /** Longest wait for a first credential. */
  readonly startupMs: number;
}

interface Serving {
  readonly credential: Credential;
  readonly generations: readonly Generation[];
}

/**
 * One credential and those who work with it: leases, rotates, expires, gives back. `lease-life.ts` draws
 * its states. The order of a rotation is what loses no work: lease → connect and probe → swap → drain →
 * close → revoke.
 */
export class Lease implements Task {
  #serving: Serving | undefined;
  #attemptAt: number;
  #attempt = 0;
  #lastError: SecretsError | undefined;
  #rotation: Promise<void> | undefined;
  #retirement: Promise<void> = Promise.resolve();
  #expired = false;
  #closed = false;
  #waiters: ((error?: SecretsError) => void)[] = [];
  readonly #consumers: Consumer[] = [];

  constructor(private readonly options: LeaseOptions) {
    this.#attemptAt = options.clock.now();
  }

  get source(): CredentialSource {
    return this.options.source;
  }

  /** The credential that serves now. */
  get credential(): Credential | undefined {
    return this.#serving?.credential;
  }

  get lastError(): SecretsError | undefined {
    return this.#lastError;
  }

  get state(): 'starting' | 'serving' | 'rotating' | 'expired' | 'closed' {
    if (this.#closed) return 'closed';
    if (this.#expired) return 'expired';
    if (this.#serving === undefined) return 'starting';
    return this.#rotation ? 'rotating' : 'serving';
  }

  get next(): ReturnType<typeof nextLeaseAction> {
    if (this.#closed) return { do: 'nothing', at: Infinity };
    return nextLeaseAction({ attemptAt: this.#attemptAt, deadline: this.#serving?.credential.deadline() });
  }

  /** To be called before the lease is added to the scheduler. */
  serve(consumer: Consumer): void {
    this.#consumers.push(consumer);
  }

  dueAt(): number {
    return this.next.at;
  }

  async run(): Promise<void> {
    if (this.next.do === 'expire') this.#expire();
    else await this.#rotateOnce().catch(() => undefined);
  }

  /** Replaces the credential now; resolves when the old one is drained, closed and revoked. */
  async rotate(): Promise<void> {
    await this.#rotateOnce();
    await this.#retirement;
  }

  /** As `rotate()`, but never by joining a rotation that is under way: that one may use the token that goes. */
  async leaseAnew(): Promise<void> {
    await this.#rotation?.catch(() => undefined);
    await this.rotate();
  }

  /** The server refused this credential: nothing is left to lose by replacing it at once. */
  async refused(user: string): Promise<void> {
    if (this.credential?.user === user && !this.#rotation) this.#attemptAt = this.options.clock.now();
    if (this.credential?.user === user) await this.#rotateOnce();
  }

  /** Resolves when a credential serves. @throws SecretsError with the reason when none does in time. */
  async ready(): Promise<void> {
    if (this.#closed) throw new SecretsError('ERR_SECRETS_CLOSED', 'the SecretsManager is closed');
    if (this.#serving) return;
    if (this.#expired) throw this.#expiry();
    if (this.#lastError && !isTransient(this.#lastError)) throw this.#lastError;
    await this.#firstCredential();
  }

  /** Drains, closes and revokes; no credential serves any more. Never rejects. */
  async close(boundMs: number): Promise<void> {
    this.#closed = true;
    this.#wakeWaiters(new SecretsError('ERR_SECRETS_CLOSED', 'the SecretsManager is closed'));
    await this.#rotation?.catch(() => undefined);
    await this.#retirement;
    const last = this.#serving;
    this.#serving = undefined;
    if (last) await this.#retire(last, boundMs);
  }

  #rotateOnce(): Promise<void> {
    this.#rotation ??= this.#rotate().finally(() => (this.#rotation = undefined));
    return this.#rotation;
  }

  async #rotate(): Promise<void> {
    const { source, clock, emit, rotateShare, drainMs } = this.options;
    try {
      await this.#retirement; // never three generations: the budget of connections counts two
      const credential = await source.obtain();
      const generations = await this.#prepare(credential);
      const old = this.#serving;
      for (const generation of generations) generation.activate();
      this.#serving = { credential, generations };
      this.#attemptAt = rotateAt(credential, rotateShare, clock.random());
      this.#attempt = 0;
      this.#lastError = undefined;
      this.#expired = false;
      this.#wakeWaiters();
      const { kind, role } = source;
      emit({
        type: 'credential_rotated',
        source: kind,
        role,
        previousUser: old?.credential.user,
        user: credential.user,
      });
      if (old) this.#retirement = this.#retire(old, drainMs);
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.options.scheduler.wake();
    }
  }

  async #prepare(credential: Credential): Promise<Generation[]> {
    const results = await Promise.allSettled(this.#consumers.map((consumer) => consumer.prepare(credential)));
    const failure = results.find((result) => result.status === 'rejected');
    const generations = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (failure === undefined && !this.#closed) return generations;
    await Promise.all(generations.map((generation) => generation.close()));
    await this.#revoke(credential);
    throw failure ? failure.reason : new SecretsError('ERR_SECRETS_CLOSED', 'closed during a rotation');
  }

  async #retire({ credential, generations }: Serving, boundMs: number): Promise<void> {
    const bound = Math.max(0, Math.min(boundMs, credential.deadline() - this.options.clock.now()));
    await Promise.all(generations.map((generation) => generation.drain(bound)));
    await Promise.all(generations.map((generation) => generation.close()));
    await this.#revoke(credential);
  }

  async #revoke(credential: Credential): Promise<void> {
    const { emit, source } = this.options;
    const about = { source: source.kind, role: source.role, user: credential.user };
    const result = await credential.revoke();
    if (result.ok) emit({ type: 'credential_revoked', ...about });
    else emit({ type: 'revocation_failed', ...about, code: result.code });
  }

  #failed(error: unknown): SecretsError {
    const { clock, emit, source } = this.options;
    const failure =
      error instanceof SecretsError
        ? error
        : new SecretsError('ERR_CREDENTIAL_UNAVAILABLE', `${source.role}: ${messageOf(error)}`, {
            cause: error,
          });
    this.#attempt += 1;
    this.#lastError = failure;
    const now = clock.now();
    const deadline = this.credential?.deadline();
    this.#attemptAt = retryAt(now, backoffMs(this.#attempt, clock.random()), deadline);
    emit({
      type: 'credential_failed',
      source: source.kind,
      role: source.role,
      code: failure.code,
      message: failure.message,
      attempt: this.#attempt,
      servesForSeconds: deadline === undefined ? 0 : Math.max(0, (deadline - now) / 1_000),
    });
    if (!isTransient(failure)) this.#wakeWaiters(failure);
    return failure;
  }

  #expire(): void {
    const old = this.#serving;
    if (!old) return;
    this.#serving = undefined;
    this.#expired = true;
    for (const consumer of this.#consumers) consumer.expire();
    const { emit, source } = this.options;
    emit({ type: 'credential_expired', source: source.kind, role: source.role, user: old.credential.user });
    this.#retirement = this.#retire(old, 0);
  }

  #expiry(): SecretsError {
    const message = `the credential of ${this.source.role} reached its deadline and could not be replaced`;
    return new SecretsError('ERR_CREDENTIAL_EXPIRED', message, { cause: this.#lastError });
  }

  async #firstCredential(): Promise<void> {
    const { clock, startupMs, source } = this.options;
    const outcome = new Promise<void>((resolve, reject) => {
      this.#waiters.push((error) => (error ? reject(error) : resolve()));
    });
    if (!(await within(clock, startupMs, outcome))) {
      throw new SecretsError(
        'ERR_CREDENTIAL_UNAVAILABLE',
        `no credential of ${source.role} within ${startupMs / 1_000} s`,
        {
          cause: this.#lastError,
        },
      );
    }
    await outcome;
  }

  #wakeWaiters(error?: SecretsError): void {
    for (const wake of this.#waiters.splice(0)) wake(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown failure';
}
