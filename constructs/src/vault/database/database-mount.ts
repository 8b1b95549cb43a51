import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Construct } from 'constructs';
import { ttlSeconds, vaultName } from '../checks';

export interface DatabaseMountProps {
  /** @default 'database' */
  readonly path?: string;
  /** Longest life of a credential, in seconds; also what it gets by default. */
  readonly credentialSeconds: number;
}

/** A mount of the database engine: its connections lease credentials that end by themselves. */
export class DatabaseMount extends Construct {
  /** Path of the mount; a reference, so that what uses it is made after it. */
  readonly path: string;
  /** The same path as text, for policies. */
  readonly pathName: string;
  readonly credentialSeconds: number;

  /** @throws ConstructError `ERR_VAULT_NAME` or `ERR_DURATION`. */
  constructor(scope: Construct, id: string, props: DatabaseMountProps) {
    super(scope, id);
    this.pathName = vaultName(this, 'the path of a database mount', props.path ?? 'database');
    this.credentialSeconds = ttlSeconds(this, 'the life of a credential', props.credentialSeconds);
    this.path = new Mount(this, 'mount', {
      path: this.pathName,
      type: 'database',
      defaultLeaseTtlSeconds: this.credentialSeconds,
      maxLeaseTtlSeconds: this.credentialSeconds,
    }).path;
  }
}
