import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Construct } from 'constructs';
import { refuseCollisions } from '../collisions';
import { refuseProps } from '../../core';
import { mountProblems, nameProblems } from '../checks';
import type { Grantee } from '../policy/grantee';

export interface KvMountProps {
  /** @default 'secret' */
  readonly path?: string;
}

/**
 * A mount of the KV secrets engine, version 2.
 *
 * https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2
 *
 * @example
 * const secret = new KvMount(this, 'secret');
 * secret.grantRead(login, 'orders/limits');
 */
export class KvMount extends Construct {
  /** Path of the mount, by reference: what uses it is created after the mount. */
  readonly path: string;
  /** The same path as text, for policies. */
  readonly pathName: string;

  /** @throws ConstructError `ERR_PROPS` */
  constructor(scope: Construct, id: string, props: KvMountProps = {}) {
    super(scope, id);
    refuseCollisions(this);
    this.pathName = props.path ?? 'secret';
    refuseProps(this, mountProblems('path', this.pathName));
    this.path = new Mount(this, 'mount', {
      path: this.pathName,
      type: 'kv',
      options: { version: '2' },
    }).path;
  }

  /** Lets `grantee` read an entry that people write, not Terraform. @throws ConstructError `ERR_PROPS` */
  grantRead(grantee: Grantee, entry: string): void {
    const path = this.dataPath(entry);
    grantee.grant({ path, capabilities: ['read'], reason: 'what people may change without a deploy' });
  }

  /**
   * Lets `grantee` read and write that entry, as a whole (`vault kv put`) and by the field (`vault kv patch`,
   * `portcullis secrets put`), never delete it.
   *
   * @throws ConstructError `ERR_PROPS`
   */
  grantWrite(grantee: Grantee, entry: string): void {
    const path = this.dataPath(entry);
    const capabilities = ['create', 'read', 'update', 'patch'] as const;
    grantee.grant({ path, capabilities, reason: 'changed without a deploy' });
  }

  private dataPath(entry: string): string {
    refuseProps(this, nameProblems('entry', entry));
    return `${this.pathName}/data/${entry}`;
  }
}
