import { describeProblems, withCode, type Problem } from '@portcullis/runtime/policy';
import type { IConstruct } from 'constructs';

/** The ways in which a construct refuses its input. Codes are a contract: they do not change. Messages may. */
export type ConstructErrorCode =
  | 'ERR_SECRET_LITERAL'
  | 'ERR_PROVIDER_LOG'
  | 'ERR_COLLISION'
  | 'ERR_PROPS'
  /** A package that the stack has to bring is missing, of another version, or there twice. */
  | 'ERR_PEERS';

/**
 * Thrown at synth by a construct that cannot use its input. The message says where, what was received and what to do,
 * as in `vault-local/config: received …; give …`. It never holds a secret.
 */
export class ConstructError extends Error {
  override readonly name = 'ConstructError';
  /** Where in the construct tree the input was refused. */
  readonly constructPath: string;

  /** @param scope what refuses; or how an existing thing was named, as in `KvMount.at()`, which has no place in the tree. */
  constructor(
    readonly code: ConstructErrorCode,
    scope: IConstruct | string,
    message: string,
  ) {
    const path = typeof scope === 'string' ? scope : scope.node.path;
    super(withCode(code, `${path || '(root)'}: ${message}`));
    this.constructPath = path;
  }
}

/**
 * Refuses a construct's properties, with all of their problems at once.
 *
 * @throws ConstructError `ERR_PROPS` if there is a problem.
 */
export function refuseProps(scope: IConstruct | string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ConstructError('ERR_PROPS', scope, describeProblems('props', problems));
}

/** Thrown when this package is imported where what it builds on is missing, of another version, or there twice. */
export class PeersError extends Error {
  override readonly name = 'PeersError';
  readonly code = 'ERR_PEERS' satisfies ConstructErrorCode;

  constructor(
    name: string,
    readonly problems: readonly string[],
    remedy: string,
  ) {
    const lines = problems.map((problem) => `  ${problem}`);
    const found = [`${name} cannot be used with the packages that are here`, ...lines, `  → ${remedy}`];
    super(withCode('ERR_PEERS', found.join('\n')));
  }
}
