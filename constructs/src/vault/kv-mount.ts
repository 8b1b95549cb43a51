import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Construct } from 'constructs';
import { vaultName } from './names';

export interface KvMountProps {
  /** @default 'secret' */
  readonly path?: string;
}

/** A mount of the KV engine, version 2. */
export class KvMount extends Construct {
  /** Path of the mount; a reference, so that what uses it is made after it. */
  readonly path: string;
  /** The same path as text, for policies. */
  readonly pathName: string;

  constructor(scope: Construct, id: string, props: KvMountProps = {}) {
    super(scope, id);
    this.pathName = vaultName(this, 'the path of a KV mount', props.path ?? 'secret');
    this.path = new Mount(this, 'mount', {
      path: this.pathName,
      type: 'kv',
      options: { version: '2' },
    }).path;
  }
}
