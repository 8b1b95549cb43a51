import { isHttpsOrLoopback, type Problem } from '@portcullis/runtime/policy';
import { Construct } from 'constructs';
import { refuseProps } from '../../core';
import { unless } from '../../core/props/checks';
import { isLater } from '../../core/props/later';
import { methodProblems } from '../checks';
import { refuseCollisions } from '../collisions';
import type { LoginMethod } from './app-role-mount';
import { mountJwtMethod } from './jwt-method';

/** Properties of {@link AwsIdentityMethod}. */
export interface AwsIdentityMethodProps {
  /**
   * Issuer of the account's tokens, as `aws iam get-outbound-web-identity-federation-info` prints it:
   * `https://<an ID>.tokens.sts.global.api.aws`. Each account has its own. Vault fetches its keys there.
   */
  readonly issuer: string;
  /** Path below `auth/`. @default 'aws' */
  readonly path?: string;
}

/**
 * A JWT auth method at which IAM roles of one AWS account log in. Several logins share one. The account's outbound
 * identity federation has to be on: `aws iam enable-outbound-web-identity-federation`, once.
 *
 * Unlike Vault's own method `aws`, OpenBao has it as well, and Vault needs no access to the account.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html
 *
 * @example
 * const method = new AwsIdentityMethod(this, 'aws', {
 *   issuer: 'https://0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f.tokens.sts.global.api.aws',
 * });
 */
export class AwsIdentityMethod extends Construct implements LoginMethod {
  readonly path: string;
  readonly pathName: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, { issuer, path = 'aws' }: AwsIdentityMethodProps) {
    super(scope, id);
    refuseCollisions(this);
    refuseProps(this, [...methodProblems('path', path), ...issuerProblems(issuer)]);
    this.pathName = path;
    this.path = mountJwtMethod(this, { path, issuer });
  }

  /**
   * A method that is mounted already, by whomever: its issuer has to be that of the account's tokens. Nothing is created,
   * changed or destroyed.
   *
   * @example
   * const method = AwsIdentityMethod.at('aws');
   *
   * @throws ConstructError `ERR_PROPS`
   */
  static at(path: string): LoginMethod {
    refuseProps('AwsIdentityMethod.at()', methodProblems('path', path));
    return { path, pathName: path };
  }
}

function issuerProblems(issuer: string): Problem[] {
  const right = isLater(issuer) || (typeof issuer === 'string' && isHttpsOrLoopback(issuer));
  return unless(right, 'issuer', issuer, "the https: URL of the account's issuer, loopback apart");
}
