import { KvSecretV2 } from '@cdktf/provider-vault/lib/kv-secret-v2';
import { Construct } from 'constructs';
import { refuseCollisions } from '../collisions';
import { refuseProps, type SecretInput } from '../../core';
import { madeAs } from '../../core/checks';
import { secretProblems } from '../../core/secret-input';
import type { Grantee } from '../policy/grantee';
import type { KvMount } from './kv-mount';
import { nameProblems } from '../checks';

export interface KvEntryProps {
  readonly mount: KvMount;
  /** Path below the mount, as in `fintech-api/config`. */
  readonly name: string;
  /** The entry's fields. They are written when their version is raised, and never read back. */
  readonly data: SecretInput;
}

/**
 * A KV-V2 secret at a given path of a mount. Terraform writes its fields through the write-only argument
 * `data_json_wo`, and neither reads nor stores them.
 *
 * https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2
 *
 * @example
 * const config = new KvEntry(this, 'config', {
 *   mount: secret,
 *   name: 'orders/config',
 *   data: new SecretVariable(this, 'config-value', {
 *     name: 'orders_config',
 *     description: 'Configuration of the API that is secret',
 *     fields: ['oauth_client_secret', 'encryption_key'],
 *     version: 1,
 *   }),
 * });
 * config.grantRead(login);
 */
export class KvEntry extends Construct {
  /** Path that a client of Vault's HTTP API reads, as in `secret/data/fintech-api/config`. */
  readonly dataPath: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: KvEntryProps) {
    super(scope, id);
    refuseCollisions(this);
    const { name, data } = props;
    refuseProps(this, [
      ...madeAs('mount', props.mount, 'pathName', 'a KvMount'),
      ...nameProblems('name', name),
      ...secretProblems('data', data, this),
    ]);
    this.dataPath = `${props.mount.pathName}/data/${name}`;
    new KvSecretV2(this, 'entry', {
      mount: props.mount.path,
      name,
      dataJsonWo: data.expression,
      dataJsonWoVersion: data.version,
      disableRead: true, // a refresh would put the fields into the state
      dependsOn: [...data.gates],
    });
  }

  /** Lets `grantee` read this entry and no other. */
  grantRead(grantee: Grantee): void {
    grantee.grant({ path: this.dataPath, capabilities: ['read'], reason: 'configuration of the service' });
  }
}
