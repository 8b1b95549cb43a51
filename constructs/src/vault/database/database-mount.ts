import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Construct } from 'constructs';
import { refuseCollisions } from '../collisions';
import { refuseProps } from '../../core';
import { ceiling, mountProblems, secondsProblems, type Lifetimes } from '../checks';

export interface DatabaseMountProps {
  /** @default 'database' */
  readonly path?: string;
  /**
   * Life of every credential, in seconds: the default TTL and the maximum. At most an hour, and what the policy says.
   * @default the longest
   */
  readonly credentialSeconds?: number;
  /** The API's policy: no credential lives longer than its `lifetimes.credential`. @default an hour is the longest */
  readonly policy?: Lifetimes;
}

/**
 * A mount of the database secrets engine, which generates database users on demand. Each of them is leased, and ends
 * by itself.
 *
 * https://developer.hashicorp.com/vault/docs/secrets/databases
 *
 * @example
 * const database = new DatabaseMount(this, 'database', { policy });
 */
export class DatabaseMount extends Construct {
  /** Path of the mount, by reference: what uses it is created after the mount. */
  readonly path: string;
  /** The same path as text, for policies. */
  readonly pathName: string;
  readonly credentialSeconds: number;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: DatabaseMountProps = {}) {
    super(scope, id);
    refuseCollisions(this);
    const { path = 'database', policy, credentialSeconds = ceiling(policy) } = props;
    refuseProps(this, [
      ...mountProblems('path', path),
      ...secondsProblems('credentialSeconds', credentialSeconds, policy),
    ]);
    this.pathName = path;
    this.credentialSeconds = credentialSeconds;
    this.path = new Mount(this, 'mount', {
      path: this.pathName,
      type: 'database',
      defaultLeaseTtlSeconds: this.credentialSeconds,
      maxLeaseTtlSeconds: this.credentialSeconds,
    }).path;
  }
}
