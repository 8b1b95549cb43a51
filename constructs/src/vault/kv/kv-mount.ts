import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Construct } from 'constructs';
import { refuseCollisions } from '../collisions';
import { knownAs, refuseProps } from '../../core';
import { guardProblems } from '../../core/props/guard';
import { mountProblems, nameProblems } from '../checks';
import type { Grantee } from '../policy/grantee';

/** A KV engine, version 2: a {@link KvMount}, or one that exists already. */
export interface KvEngine {
  /** Path of the mount, by reference where it is created here: what uses it is created after the mount. */
  readonly path: string;
  /** The same path as text, for policies. */
  readonly pathName: string;
  /** Lets `grantee` read an entry that people write, not Terraform. @throws ConstructError `ERR_PROPS` */
  grantRead(grantee: Grantee, entry: string): void;
  /**
   * Lets `grantee` read and write that entry, as a whole (`vault kv put`) and by the field (`vault kv patch`,
   * `portcullis secrets put`), never delete it.
   *
   * @throws ConstructError `ERR_PROPS`
   */
  grantWrite(grantee: Grantee, entry: string): void;
}

/** Properties of {@link KvMount}. */
export interface KvMountProps {
  /** Path of the mount. @default 'secret' */
  readonly path?: string;
  /** Whether the engine refuses to destroy the mount, and with it every secret in it. @default true */
  readonly preventDestroy?: boolean;
}

/**
 * A mount of the KV secrets engine, version 2. It holds what people keep: the engine refuses a plan that would destroy it,
 * unless `preventDestroy` is false.
 *
 * https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2
 *
 * @example
 * const secret = new KvMount(this, 'secret');
 * secret.grantRead(login, 'orders/limits');
 */
export class KvMount extends Construct implements KvEngine {
  readonly path: string;
  readonly pathName: string;

  /** @throws ConstructError `ERR_PROPS` */
  constructor(scope: Construct, id: string, props: KvMountProps = {}) {
    super(scope, id);
    refuseCollisions(this);
    this.pathName = props.path ?? 'secret';
    const { preventDestroy = true } = props;
    refuseProps(this, [
      ...mountProblems('path', this.pathName),
      ...guardProblems('preventDestroy', preventDestroy),
    ]);
    const mount = new Mount(this, 'mount', {
      path: this.pathName,
      type: 'kv',
      options: { version: '2' },
      lifecycle: { preventDestroy },
    });
    this.path = knownAs(mount, this.pathName).path;
  }

  /**
   * An engine that is mounted already, by whomever. Nothing is created, changed or destroyed.
   *
   * @example
   * const shared = KvMount.at('secret');
   * shared.grantRead(login, 'orders/limits');
   *
   * @throws ConstructError `ERR_PROPS`
   */
  static at(path: string): KvEngine {
    refuseProps('KvMount.at()', mountProblems('path', path));
    return {
      path,
      pathName: path,
      grantRead: (grantee, entry) => grantRead(path, grantee, entry),
      grantWrite: (grantee, entry) => grantWrite(path, grantee, entry),
    };
  }

  grantRead(grantee: Grantee, entry: string): void {
    grantRead(this.pathName, grantee, entry);
  }

  grantWrite(grantee: Grantee, entry: string): void {
    grantWrite(this.pathName, grantee, entry);
  }
}

function grantRead(mount: string, grantee: Grantee, entry: string): void {
  const path = dataPath(mount, entry);
  grantee.grant({ path, capabilities: ['read'], reason: 'what people may change without a deploy' });
}

function grantWrite(mount: string, grantee: Grantee, entry: string): void {
  const path = dataPath(mount, entry);
  const capabilities = ['create', 'read', 'update', 'patch'] as const;
  grantee.grant({ path, capabilities, reason: 'changed without a deploy' });
}

function dataPath(mount: string, entry: string): string {
  refuseProps(mount, nameProblems('entry', entry));
  return `${mount}/data/${entry}`;
}
