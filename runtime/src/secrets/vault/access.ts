import { MissingCapabilityError } from '../errors';
import type { Answer, VaultBody } from './answer';
import type { VaultClient } from './client';
import { errorFor, remedyFor } from './failure';
import type { Session } from './session';
import type { TokenKeeper } from './token-keeper';

/** A request that needs a token. */
export interface AuthorizedRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** What is asked for, for messages, as in `lease of redis-role`. */
  readonly subject: string;
  /** The construct whose policy grants the path. */
  readonly grantedBy: string;
}

const CAPABILITY = { GET: 'read', PUT: 'update', POST: 'update' } as const;

/** Sends requests with the current token and finds out what a 403 means. */
export class VaultAccess {
  constructor(
    private readonly vault: VaultClient,
    private readonly keeper: TokenKeeper,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * The answer's body and the session it came under: what is leased dies with that session.
   *
   * A 403 asks `lookup-self` once: a dead token is replaced and the request repeated, a living one means
   * that the policy lacks the capability.
   *
   * @throws MissingCapabilityError, or SecretsError as `errorFor()` names it.
   */
  async request(
    message: AuthorizedRequest,
  ): Promise<{ readonly body: VaultBody; readonly session: Session }> {
    const session = this.keeper.session;
    const first = await this.send(message, session);
    if (first.kind === 'ok') return { body: first.body, session };
    if (remedyFor(first).do !== 'check-token') throw errorFor(first, message.subject);
    if (await this.keeper.stillValid(session)) throw this.#missing(message);

    const fresh = await this.keeper.login();
    const second = await this.send(message, fresh);
    if (second.kind === 'ok') return { body: second.body, session: fresh };
    throw remedyFor(second).do === 'check-token' ? this.#missing(message) : errorFor(second, message.subject);
  }

  /** One request under a given session, whatever the answer. */
  send(
    { method, path, body }: Pick<AuthorizedRequest, 'method' | 'path' | 'body'>,
    session: Session,
  ): Promise<Answer> {
    return this.vault.send({
      method,
      path,
      token: session.token,
      signal: this.signal,
      ...(body && { body }),
    });
  }

  #missing({ path, method, grantedBy }: AuthorizedRequest): MissingCapabilityError {
    return new MissingCapabilityError(path, CAPABILITY[method], grantedBy);
  }
}
