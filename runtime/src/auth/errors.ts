import { withCode } from '../coded-message';
import type { ErrorAnswer } from '../http/answer';
import { describeProblems, type Problem } from '../policy/errors';

/** Why a token was refused: for logs and counters. Clients learn only whether it had expired. */
export type RefusalReason =
  | 'malformed'
  /** Longer than `longestToken`. */
  | 'too_long'
  | 'forbidden_header'
  | 'wrong_type'
  | 'algorithm_not_allowed'
  | 'unknown_issuer'
  | 'unknown_key'
  | 'bad_signature'
  | 'wrong_audience'
  | 'bad_claim'
  /** The token names several organisations, and `chooseOrganisation` chose none of them. */
  | 'no_organisation_chosen'
  | 'not_yet_valid'
  | 'lifetime_too_long'
  | 'sender_constrained'
  | 'revoked'
  | 'replayed'
  | 'expired';

/** How long a token lives, `exp - iat`, and how long the policy lets one live at most. */
export interface TokenLifetime {
  readonly foundSeconds: number;
  readonly allowedSeconds: number;
}

/** The token was refused. The error holds nothing of the token but its lifetime. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly code: 'ERR_TOKEN_EXPIRED' | 'ERR_TOKEN_INVALID';

  constructor(
    readonly reason: RefusalReason,
    message: string,
    /** Of a token that lives longer than the policy allows: `lifetime_too_long`. */
    readonly lifetime?: TokenLifetime,
  ) {
    const code = reason === 'expired' ? 'ERR_TOKEN_EXPIRED' : 'ERR_TOKEN_INVALID';
    super(withCode(code, message));
    this.code = code;
  }
}

/** The token cannot be verified now: its issuer does not answer, and none of its keys is known yet. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
  readonly code = 'ERR_KEYS_UNAVAILABLE';

  constructor(
    issuer: string,
    /** Whole seconds, at least 1, until it is worth asking again. */
    readonly retryAfterSeconds: number,
    cause?: unknown,
  ) {
    super(withCode('ERR_KEYS_UNAVAILABLE', `no usable signing keys of ${issuer}`), { cause });
  }
}

/**
 * A request was refused for another reason than its token: it has none, or two, or the policy denies the call. `answerTo()`
 * makes the answer to its client.
 */
export class RequestRefusedError extends Error {
  override readonly name = 'RequestRefusedError';
  readonly code = 'ERR_REQUEST_REFUSED';

  constructor(readonly answer: ErrorAnswer) {
    super(withCode('ERR_REQUEST_REFUSED', answer.body.message));
  }
}

/** Thrown when a middleware or a verifier is made: its options are invalid. `problems` lists all of them. */
export class AuthOptionsError extends Error {
  override readonly name = 'AuthOptionsError';
  readonly code = 'ERR_AUTH_OPTIONS_INVALID';

  constructor(readonly problems: readonly Problem[]) {
    super(withCode('ERR_AUTH_OPTIONS_INVALID', describeProblems('the authentication options', problems)));
  }
}

const FOREIGN_REMEDIES = {
  'express-jwt': "remove it, or let it set another property: expressjwt({ requestProperty: 'jwt', … })",
  'express-oauth2-jwt-bearer': 'remove its auth(), which checks the same tokens',
} as const;

/** Another library than `requireAuth()` set `req.auth`, so nobody knows who is calling. The error holds nothing of it. */
export class ForeignAuthError extends Error {
  override readonly name = 'ForeignAuthError';
  readonly code = 'ERR_FOREIGN_AUTH';

  constructor(
    reader: string,
    /** The library, where its shape is known. */
    readonly owner: keyof typeof FOREIGN_REMEDIES | undefined,
  ) {
    const whose = owner ?? 'another library';
    const remedy = owner === undefined ? 'let that library set another property' : FOREIGN_REMEDIES[owner];
    super(
      withCode(
        'ERR_FOREIGN_AUTH',
        `${reader} found req.auth as ${whose} sets it, expected what requireAuth() of @portcullis/runtime sets: ` +
          `mount requireAuth() before ${reader}, and ${remedy}`,
      ),
    );
  }
}
