import { describeProblems, type Problem } from '@portcullis/runtime/policy';
import type { IConstruct } from 'constructs';

/** Every way in which a construct refuses its input. The codes are a contract; the messages are not. */
export type ConstructErrorCode =
  | 'ERR_SECRET_LITERAL'
  | 'ERR_SECRET_NAME'
  | 'ERR_SECRET_VERSION'
  | 'ERR_PROVIDER_LOG'
  | 'ERR_HOST'
  | 'ERR_VAULT_NAME'
  | 'ERR_VAULT_POLICY'
  | 'ERR_VAULT_PRINCIPAL'
  | 'ERR_REDIS_ACL'
  | 'ERR_AUDIT_DEVICES'
  | 'ERR_DURATION'
  | 'ERR_CIDR'
  | 'ERR_PROPS';

/**
 * Thrown at synth by a construct that cannot use its input. The message names what was received and the
 * remedy, and never holds a secret: `vault-local/config: received …; …`.
 */
export class ConstructError extends Error {
  override readonly name = 'ConstructError';
  /** Where in the construct tree the input was refused. */
  readonly constructPath: string;

  constructor(
    readonly code: ConstructErrorCode,
    scope: IConstruct,
    message: string,
  ) {
    super(`${scope.node.path || '(root)'}: ${message}`);
    this.constructPath = scope.node.path;
  }
}

/**
 * Refuses a construct's properties, with everything that is wrong with them at once.
 *
 * @throws ConstructError `ERR_PROPS`, unless there is no problem.
 */
export function refuseProps(scope: IConstruct, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ConstructError('ERR_PROPS', scope, describeProblems('props', problems));
}
