import { withCode } from '../../coded-message';

/** The provider cannot be asked now: it does not answer, answers 5xx, or was not found yet. Trying again may help. */
export class ProviderUnavailableError extends Error {
  override readonly name = 'ProviderUnavailableError';
  readonly code = 'ERR_PROVIDER_UNAVAILABLE';

  constructor(
    issuer: string,
    /** What went wrong, without anything that was sent. */
    readonly why: string,
    /** Whole seconds, at least 1, until it is worth asking again. */
    readonly retryAfterSeconds: number,
  ) {
    super(withCode('ERR_PROVIDER_UNAVAILABLE', `${issuer} cannot be asked: ${why}`));
  }
}

/** The provider refused, or its answer failed a check. Trying again does not help. */
export class ProviderRefusedError extends Error {
  override readonly name = 'ProviderRefusedError';
  readonly code = 'ERR_PROVIDER_REFUSED';

  constructor(
    issuer: string,
    /** The error code of RFC 6749 §4.1.2.1 or §5.2, such as `invalid_grant`; `invalid_response` for what is not believed. */
    readonly reason: string,
    /** For logs: what exactly is not believed. Holds nothing that was sent. */
    detail?: string,
  ) {
    const more = detail === undefined ? '' : ` (${detail})`;
    super(withCode('ERR_PROVIDER_REFUSED', `${issuer} refused: ${reason}${more}`));
  }
}
