import { MissingCapabilityError } from '../errors';
import type { Answer, VaultBody } from './answer';
import type { VaultTransport } from './client';
import { errorFor, remedyFor } from './failure';
import type { Session } from './session';
import type { TokenKeeper } from './token-keeper';

/** A request that needs a token. */
export interface AuthorizedRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The path for messages, where the real one holds a lease ID. @default path */
  readonly shownPath?: string;
  /** For messages: what is asked for, as in `lease of redis-role`. */
  readonly subject: string;
  /** The construct whose policy grants the path. */
  readonly grantedBy: string;
}

const CAPABILITY = { GET: 'read', PUT: 'update', POST: 'update' } as const;

/** Sends requests with the current token and finds out what a 403 means. */
export class VaultAccess {
  /** The policy does not even permit `lookup-self`: then every 403 is taken for a capability that is missing. */
  #lookupDenied = false;

  constructor(
    private readonly vault: VaultTransport,
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
    const first = await this.#send(message, session);
    if (first.kind === 'ok') return { body: first.body, session };
    if (remedyFor(first) !== 'check-token') throw errorFor(first, message.subject);
    if (this.#lookupDenied || (await this.keeper.stillValid(session))) throw missing(message);

    const fresh = await this.keeper.replace(session);
    const second = await this.#send(message, fresh);
    if (second.kind === 'ok') return { body: second.body, session: fresh };
    if (remedyFor(second) !== 'check-token') throw errorFor(second, message.subject);
    this.#lookupDenied = !(await this.keeper.stillValid(fresh));
    throw missing(this.#lookupDenied ? LOOKUP_SELF : message);
  }

  /**
   * Revokes what was leased under that session, with that session's own token.
   *
   * @throws as `request()`; not when the session is dead, for what was leased under it died with it.
   */
  async revoke(message: AuthorizedRequest, session: Session): Promise<void> {
    const { method, path, body } = message;
    // Without the signal, which a shutdown aborts: revoking is what a shutdown is for.
    const answer = await this.vault.send({ method, path, token: session.token, ...(body && { body }) });
    if (answer.kind === 'ok') return;
    if (remedyFor(answer) !== 'check-token') throw errorFor(answer, message.subject);
    if (this.#lookupDenied || (await this.keeper.stillValid(session))) throw missing(message);
  }

  #send({ method, path, body }: AuthorizedRequest, { token }: Session): Promise<Answer> {
    return this.vault.send({ method, path, token, signal: this.signal, ...(body && { body }) });
  }
}

const LOOKUP_SELF: AuthorizedRequest = {
  method: 'GET',
  path: 'auth/token/lookup-self',
  subject: 'lookup of the own token',
  grantedBy: 'AppRoleLogin',
};

function missing({ path, shownPath = path, method, grantedBy }: AuthorizedRequest): MissingCapabilityError {
  return new MissingCapabilityError(shownPath, CAPABILITY[method], grantedBy);
}
