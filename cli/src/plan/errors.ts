/** Why a plan could not be made, read or applied. The codes are a contract; the messages are not. */
export type PlanErrorCode =
  | 'ERR_PLAN_OPTIONS'
  | 'ERR_PLAN_SYNTH'
  | 'ERR_PLAN_LOCK'
  | 'ERR_PLAN_ENGINE'
  | 'ERR_PLAN_UNREADABLE'
  | 'ERR_PLAN_DIGEST';

/** Thrown by `portcullis plan`, `deploy` and `lock`. The message names the remedy, and holds no secret. */
export class PlanError extends Error {
  override readonly name = 'PlanError';

  constructor(
    readonly code: PlanErrorCode,
    message: string,
  ) {
    super(message);
  }
}
