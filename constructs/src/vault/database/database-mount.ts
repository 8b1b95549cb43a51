import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Construct } from 'constructs';
import { ttlSeconds, vaultName } from '../checks';

export interface DatabaseMountProps {
  /** @default 'database' */
  readonly path?: string;
  /** Life of every credential, in seconds: the default TTL and the maximum. */
  readonly credentialSeconds: number;
}

/**
 * A mount of the database secrets engine, which generates database users on demand. Each of them is leased, and ends
 * by itself.
 *
 * https://developer.hashicorp.com/vault/docs/secrets/databases
 *
 * @example
 * const database = new DatabaseMount(this, 'database', {
 *   credentialSeconds: policy.lifetimes.credentialSeconds,
 * });
 */
export class DatabaseMount extends Construct {
  /** Path of the mount, by reference: what uses it is created after the mount. */
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
