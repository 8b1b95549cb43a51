import { backoffMs, retryAt } from '../../time/backoff';
import type { Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import type { EmitEvent } from '../events';
import type { LoginMethod } from '../login/method';
import { isLength } from '../option-checks';
import type { Task } from '../scheduler';
import type { Answer } from './answer';
import type { VaultTransport } from './client';
import { errorFor, remedyFor } from './failure';
import { Session } from './session';
import { reachedMaximum, renewAt } from './token-life';

export interface TokenKeeperOptions {
  readonly vault: VaultTransport;
  readonly method: LoginMethod;
  readonly clock: Clock;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal;
  /** Told after a login that replaced a token: lease anew, then the old token may go. */
  readonly onReplaced: (old: Session) => void;
  /** Told when the next step is due at another moment than before. */
  readonly onChange: () => void;
  /** How long there may be no valid token before `onLoginImpossible` is told, once, ms. */
  readonly withoutTokenMs: number;
  readonly onLoginImpossible: (error: SecretsError) => void;
}

export interface TokenState {
  readonly valid: boolean;
  readonly deadline: number;
  readonly nextAction: 'renew' | 'login';
  readonly nextAt: number;
  /** Of the last attempt; `undefined` when it succeeded. */
  readonly lastError: SecretsError | undefined;
}

/** Keeps one valid token: logs in, renews, logs in again. `token-life.ts` draws its states. */
export class TokenKeeper implements Task {
  #session: Session | undefined;
  #next: { readonly at: number; readonly do: 'renew' | 'login' } = { at: Infinity, do: 'login' };
  #attempt = 0;
  #lastError: SecretsError | undefined;
  #login: Promise<Session> | undefined;
  #gaveUp = false;

  constructor(private readonly options: TokenKeeperOptions) {}

  /** The current session. @throws SecretsError with the reason when there is none. */
  get session(): Session {
    if (this.#session && this.#isValid(this.#session)) return this.#session;
    throw this.#lastError ?? new SecretsError('ERR_VAULT_TOKEN_INVALID', 'there is no valid Vault token');
  }

  get state(): TokenState {
    return {
      valid: this.#session !== undefined && this.#isValid(this.#session),
      deadline: this.#session?.deadline ?? -Infinity,
      nextAction: this.#next.do,
      nextAt: this.#next.at,
      lastError: this.#lastError,
    };
  }

  dueAt(): number {
    return Math.min(this.#next.at, this.#giveUpAt);
  }

  async run(): Promise<void> {
    const now = this.options.clock.monotonic();
    if (this.#giveUpAt <= now) this.#giveUp();
    if (this.#next.at > now) return;
    const renews = this.#next.do === 'renew' && this.state.valid;
    await (renews ? this.#renew() : this.login().catch(() => undefined));
  }

  /** Logs in now; callers that ask at the same time share one login. @throws SecretsError */
  login(): Promise<Session> {
    this.#login ??= this.#logIn().finally(() => (this.#login = undefined));
    return this.#login;
  }

  /** A valid session other than this one, which Vault has refused. @throws SecretsError */
  async replace(refused: Session): Promise<Session> {
    if (this.#session && this.#session !== refused && this.#isValid(this.#session)) return this.#session;
    refused.refuse(this.options.clock.monotonic());
    return this.login();
  }

  /** Whether Vault still knows this token; decides what a 403 means. @throws SecretsError when it cannot say */
  async stillValid(session: Session): Promise<boolean> {
    const answer = await this.#send(session, 'GET', 'auth/token/lookup-self');
    if (answer.kind === 'ok') return true;
    if (answer.kind === 'denied' || answer.kind === 'refused') return false;
    throw errorFor(answer, 'lookup of the own token');
  }

  get #giveUpAt(): number {
    if (this.#gaveUp || this.#session === undefined) return Infinity;
    return this.#session.validUntil + this.options.withoutTokenMs;
  }

  #isValid(session: Session): boolean {
    return session.validUntil > this.options.clock.monotonic();
  }

  async #logIn(): Promise<Session> {
    const { vault, method, clock, emit, signal, onReplaced, onChange } = this.options;
    const from = clock.monotonic();
    try {
      const { token, ttlSeconds, requestId } = await method.login(vault, signal);
      if (!isLength(ttlSeconds))
        throw new SecretsError('ERR_LOGIN_SOURCE', `${method.name} does not say how long its token lives`);
      const old = this.#session;
      this.#session = new Session(token, { from, ttlMs: ttlSeconds === 0 ? Infinity : ttlSeconds * 1_000 });
      this.#gaveUp = false;
      this.#settled(this.#session);
      const type = old ? 'token_replaced' : 'token_obtained';
      emit({ type, method: method.name, ttlSeconds, ...(requestId && { vaultRequestId: requestId }) });
      if (old) onReplaced(old);
      return this.#session;
    } catch (error) {
      throw this.#failed(error);
    } finally {
      onChange();
    }
  }

  async #renew(): Promise<void> {
    const { clock, emit } = this.options;
    const session = this.#session;
    if (session === undefined) return;
    const from = clock.monotonic();
    const increment = `${Math.round(session.fullTtlMs / 1_000)}s`;
    try {
      const answer = await this.#send(session, 'POST', 'auth/token/renew-self', { increment });
      if (this.#session !== session) return; // Somebody else has logged in meanwhile.
      if (answer.kind === 'ok') {
        const ttlSeconds = answer.body.auth?.lease_duration ?? 0;
        session.extend({ from, ttlMs: ttlSeconds * 1_000 });
        if (!reachedMaximum(session.fullTtlMs, ttlSeconds * 1_000)) {
          this.#settled(session);
          emit({ type: 'token_renewed', ttlSeconds });
          return;
        }
      } else if (remedyFor(answer) === 'retry') {
        // A 500 is about this token: OpenBao answers so when a token is past its maximum.
        if (answer.kind !== 'failed' || answer.status !== 500) throw errorFor(answer, 'renewal of the token');
      } else session.refuse(clock.monotonic());
    } catch (error) {
      if (this.#session === session) this.#failed(error);
      return;
    }
    await this.login().catch(() => undefined);
  }

  #send(
    { token }: Session,
    method: 'GET' | 'POST',
    path: string,
    body?: Readonly<Record<string, unknown>>,
  ): Promise<Answer> {
    const { vault, signal } = this.options;
    return vault.send({ method, path, token, signal, ...(body && { body }) });
  }

  #settled(session: Session): void {
    this.#attempt = 0;
    this.#lastError = undefined;
    this.#next = { at: renewAt(session.term, this.options.clock.random()), do: 'renew' };
  }

  #failed(error: unknown): SecretsError {
    const { clock, emit, signal } = this.options;
    const failure =
      error instanceof SecretsError
        ? error
        : new SecretsError('ERR_LOGIN_SOURCE', 'the login failed before it reached Vault', { cause: error });
    this.#lastError = failure;
    this.#attempt += 1;
    const now = clock.monotonic();
    const { deadline, valid } = this.state;
    const pauseMs = failure.retryAfterMs + backoffMs(this.#attempt, clock.random());
    this.#next = {
      at: retryAt(now, pauseMs, deadline),
      // As long as the token lives, a renewal may still succeed where a login does not.
      do: valid ? 'renew' : 'login',
    };
    const { code, message } = failure;
    if (signal.aborted) return failure; // The shutdown aborted it; nobody has to hear of that.
    emit({ type: 'token_failed', code, message, attempt: this.#attempt });
    if (code.startsWith('ERR_WRAPPING_TOKEN_')) emit({ type: 'wrapping_token_misused', code, message });
    return failure;
  }

  #giveUp(): void {
    this.#gaveUp = true;
    this.options.onLoginImpossible(
      this.#lastError ?? new SecretsError('ERR_VAULT_TOKEN_INVALID', 'there is no valid Vault token'),
    );
  }
}
