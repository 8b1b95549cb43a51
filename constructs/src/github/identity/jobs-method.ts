import { Construct } from 'constructs';
import { refuseProps } from '../../core';
import { methodProblems } from '../../vault/checks';
import { refuseCollisions } from '../../vault/collisions';
import type { LoginMethod } from '../../vault/login/app-role-mount';
import { mountJwtMethod } from '../../vault/login/jwt-method';
import { GITHUB_ISSUER, issuerProblems } from './jobs';

/** Mount of the method by which jobs sign in to Vault. */
export const JOBS_MOUNT = 'github';

/** Properties of {@link JobsMethod}. */
export interface JobsMethodProps {
  /** Path below `auth/`. @default 'github' */
  readonly path?: string;
  /** Issuer of the jobs' tokens. GitHub Enterprise Server has one of its own. @default github.com's */
  readonly issuer?: string | undefined;
}

/**
 * A JWT auth method at which jobs of GitHub sign in. Several repositories share one.
 *
 * https://developer.hashicorp.com/vault/docs/auth/jwt
 *
 * @example
 * const method = new JobsMethod(this, 'github');
 */
export class JobsMethod extends Construct implements LoginMethod {
  readonly path: string;
  readonly pathName: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(
    scope: Construct,
    id: string,
    { path = JOBS_MOUNT, issuer = GITHUB_ISSUER }: JobsMethodProps = {},
  ) {
    super(scope, id);
    refuseCollisions(this);
    refuseProps(this, [...methodProblems('path', path), ...issuerProblems('issuer', issuer)]);
    this.pathName = path;
    this.path = mountJwtMethod(this, { path, issuer });
  }

  /**
   * A method that is mounted already, by whomever: its issuer has to be that of the jobs' tokens. Nothing is created,
   * changed or destroyed.
   *
   * @example
   * const method = JobsMethod.at('github');
   *
   * @throws ConstructError `ERR_PROPS`
   */
  static at(path: string): LoginMethod {
    refuseProps('JobsMethod.at()', methodProblems('path', path));
    return { path, pathName: path };
  }
}
