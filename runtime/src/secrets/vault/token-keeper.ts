import { backoffMs } from '../backoff';
import type { Clock } from '../clock';
import { SecretsError } from '../errors';
import type { EmitEvent } from '../events';
import type { LoginMethod } from '../login/method';
import type { Task } from '../scheduler';
import type { Answer } from './answer';
import type { VaultClient } from './client';
import { errorFor, isTransient, remedyFor } from './failure';
import { Session } from './session';
import { reachedMaximum, renewAt } from './token-life';

export interface TokenKeeperOptions {
  readonly vault: VaultClient;
  readonly method: LoginMethod;
  readonly clock: Clock;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal;
  /** Told after a login that replaced a token: lease anew, then the old token may go. */
  readonly onReplaced: (old: Session) => void;
  /** Told at each failed login while no valid token is left. */
  readonly onWithoutToken: (error: SecretsError) => void;
}

/** Keeps one valid token: logs in, renews, logs in again. See `token-life.ts` for its states. */
export class TokenKeeper implements Task {
  #session: Session | undefined;
  #next: { readonly at: number; readonly do: 'renew' | 'login' } = { at: Infinity, do: 'login' };
  #attempt = 0;
  #lastError: SecretsError | undefined;
  #login: Promise<Session> | undefined;

  constructor(private readonly options: TokenKeeperOptions) {}

  /** The current session. @throws SecretsError `ERR_VAULT_TOKEN_INVALID` when there is none. */
  get session(): Session {
    if (this.#session !== undefined && this.#session.deadline > this.options.clock.now())
      return this.#session;
    throw this.#lastError ?? new SecretsError('ERR_VAULT_TOKEN_INVALID', 'there is no valid Vault token');
  }

  get state(): {
    valid: boolean;
    deadline: number;
    nextAt: number;
    nextAction: 'renew' | 'login';
    lastError?: SecretsError;
  } {
    const deadline = this.#session?.deadline ?? -Infinity;
    return {
      valid: deadline > this.options.clock.now(),
      deadline,
      nextAt: this.#next.at,
      nextAction: this.#next.do,
      ...(this.#lastError && { lastError: this.#lastError }),
    };
  }

  dueAt(): number {
    return this.#next.at;
  }

  async run(): Promise<void> {
    try {
      await (this.#next.do === 'renew' ? this.#renew() : this.#replace());
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Logs in now; callers that ask at the same time share one login. */
  login(): Promise<Session> {
    this.#login ??= this.#logIn().finally(() => (this.#login = undefined));
    return this.#login;
  }

  /** Whether Vault still knows this token; decides what a 403 means. */
  async stillValid(session: Session): Promise<boolean> {
    const answer = await this.#send(session, 'GET', 'auth/token/lookup-self');
    if (answer.kind === 'ok') return true;
    if (answer.kind === 'denied' || answer.kind === 'refused') return false;
    throw errorFor(answer, 'lookup of the own token');
  }

  async #logIn(): Promise<Session> {
    const { vault, method, clock, emit, signal, onReplaced } = this.options;
    const from = clock.now();
    const { token, ttlSeconds } = await method.login(vault, signal);
    const session = new Session(token, { from, ttlMs: ttlSeconds === 0 ? Infinity : ttlSeconds * 1_000 });
    const old = this.#session;
    this.#session = session;
    this.#settled(session);
    emit({ type: old ? 'token_replaced' : 'token_obtained', method: method.name, ttlSeconds });
    if (old) onReplaced(old);
    return session;
  }

  async #replace(): Promise<void> {
    await this.login();
  }

  async #renew(): Promise<void> {
    const { clock, emit } = this.options;
    const session = this.#session;
    if (session === undefined) return this.#replace();
    const from = clock.now();
    const increment = `${Math.round(session.fullTtlMs / 1_000)}s`;
    const answer = await this.#send(session, 'POST', 'auth/token/renew-self', { increment });
    if (answer.kind !== 'ok') {
      if (remedyFor(answer).do === 'retry') throw errorFor(answer, 'renewal of the token');
      return this.#replace();
    }
    const ttlSeconds = answer.body.auth?.lease_duration ?? 0;
    session.extend({ from, ttlMs: ttlSeconds * 1_000 });
    if (reachedMaximum(session.fullTtlMs, ttlSeconds * 1_000)) return this.#replace();
    this.#settled(session);
    emit({ type: 'token_renewed', ttlSeconds });
  }

  #send(
    session: Session,
    method: 'GET' | 'POST',
    path: string,
    body?: Record<string, unknown>,
  ): Promise<Answer> {
    const { vault, signal } = this.options;
    return vault.send({ method, path, token: session.token, signal, ...(body && { body }) });
  }

  #settled(session: Session): void {
    this.#attempt = 0;
    this.#lastError = undefined;
    this.#next = { at: renewAt(session.term, this.options.clock.random()), do: 'renew' };
  }

  #failed(error: unknown): void {
    const { clock, emit, onWithoutToken } = this.options;
    const failure =
      error instanceof SecretsError
        ? error
        : new SecretsError('ERR_VAULT_TOKEN_INVALID', 'the token could not be kept', { cause: error });
    this.#lastError = failure;
    this.#attempt += 1;
    const now = clock.now();
    const alive = (this.#session?.deadline ?? -Infinity) > now;
    // A renewal that could not be heard is repeated; anything else means the token will not live on.
    const again = this.#next.do === 'renew' && isTransient(failure) && alive ? 'renew' : 'login';
    this.#next = { at: now + backoffMs(this.#attempt, clock.random()), do: again };
    const { code, message } = failure;
    emit({ type: 'token_failed', code, message, attempt: this.#attempt });
    if (code === 'ERR_WRAPPING_TOKEN_INVALID' || code === 'ERR_WRAPPING_TOKEN_FOREIGN') {
      emit({ type: 'wrapping_token_misused', code, message });
    }
    if (!alive) onWithoutToken(failure);
  }
}
