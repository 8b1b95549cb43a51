import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Construct } from 'constructs';
import { refuseCollisions } from '../collisions';
import { knownAs, refuseProps } from '../../core';
import { guardProblems } from '../../core/props/guard';
import { checkedBy, known } from '../../core/props/later';
import { ceiling, mountProblems, secondsLater, secondsProblems, type Lifetimes } from '../checks';

/** A database secrets engine: a {@link DatabaseMount}, or one that exists already. */
export interface DatabaseEngine {
  /** Path of the mount, by reference where it is created here: what uses it is created after the mount. */
  readonly path: string;
  /** The same path as text, for policies. */
  readonly pathName: string;
  /** Life of the credentials of roles that are made in it. */
  readonly credentialSeconds: number;
}

/** Properties of {@link DatabaseMount}. */
export interface DatabaseMountProps {
  /** Path of the mount. @default 'database' */
  readonly path?: string;
  /**
   * Life of every credential, in seconds: the default TTL and the maximum. At most an hour, and what the policy says.
   * @default the longest
   */
  readonly credentialSeconds?: number;
  /** The API's policy: no credential lives longer than its `lifetimes.credential`. @default an hour is the longest */
  readonly policy?: Lifetimes;
  /** Whether the engine refuses to destroy the mount, and with it every connection and every user. @default true */
  readonly preventDestroy?: boolean;
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
export class DatabaseMount extends Construct implements DatabaseEngine {
  readonly path: string;
  readonly pathName: string;
  readonly credentialSeconds: number;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: DatabaseMountProps = {}) {
    super(scope, id);
    refuseCollisions(this);
    const { path = 'database', policy, credentialSeconds = ceiling(policy), preventDestroy = true } = props;
    refuseProps(this, [
      ...mountProblems('path', path),
      ...secondsProblems('credentialSeconds', credentialSeconds, policy),
      ...guardProblems('preventDestroy', preventDestroy),
    ]);
    this.pathName = path;
    this.credentialSeconds = credentialSeconds;
    const mount = new Mount(this, 'mount', {
      path: this.pathName,
      type: 'database',
      defaultLeaseTtlSeconds: this.credentialSeconds,
      maxLeaseTtlSeconds: this.credentialSeconds,
      // `portcullis revoke` says why: in the audit log in clear, beside who.
      auditNonHmacRequestKeys: ['reason'],
      ...checkedBy(secondsLater('credentialSeconds', credentialSeconds, policy), { preventDestroy }),
    });
    this.path = knownAs(mount, this.pathName).path;
  }

  /**
   * An engine that is mounted already, by whomever. Nothing is created, changed or destroyed; roles that are made in it
   * have a life of their own.
   *
   * @example
   * const shared = DatabaseMount.at('database', { policy });
   *
   * @throws ConstructError `ERR_PROPS` with all problems at once.
   */
  static at(
    path: string,
    {
      policy,
      credentialSeconds = ceiling(policy),
    }: Pick<DatabaseMountProps, 'policy' | 'credentialSeconds'> = {},
  ): DatabaseEngine {
    refuseProps('DatabaseMount.at()', [
      ...mountProblems('path', path),
      ...known('credentialSeconds', credentialSeconds, 'nothing is made here that could be checked'),
      ...secondsProblems('credentialSeconds', credentialSeconds, policy),
    ]);
    return { path, pathName: path, credentialSeconds };
  }
}
