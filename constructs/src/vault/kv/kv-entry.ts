import { KvSecretV2 } from '@cdktf/provider-vault/lib/kv-secret-v2';
import { Construct } from 'constructs';
import type { SecretInput } from '../../core';
import type { Grantee } from '../policy/grantee';
import type { KvMount } from './kv-mount';
import { vaultName } from '../checks';

export interface KvEntryProps {
  readonly mount: KvMount;
  /** Path below the mount, as in `fintech-api/config`. */
  readonly name: string;
  /** The entry's fields. Written when its version is raised; never read back. */
  readonly data: SecretInput;
}

/** An entry of a KV v2 mount whose fields Terraform writes, but neither reads nor stores. */
export class KvEntry extends Construct {
  /** Path that a client reads, as in `secret/data/fintech-api/config`. */
  readonly dataPath: string;

  /** @throws ConstructError `ERR_VAULT_NAME` */
  constructor(scope: Construct, id: string, props: KvEntryProps) {
    super(scope, id);
    const name = vaultName(this, 'the name of a KV entry', props.name);
    this.dataPath = `${props.mount.pathName}/data/${name}`;
    new KvSecretV2(this, 'entry', {
      mount: props.mount.path,
      name,
      dataJsonWo: props.data.expression,
      dataJsonWoVersion: props.data.version,
      disableRead: true, // a refresh would put the fields into the state
      dependsOn: [...props.data.gates],
    });
  }

  /** Lets `grantee` read this entry and no other. */
  grantRead(grantee: Grantee): void {
    grantee.grant({ path: this.dataPath, capabilities: ['read'], reason: 'configuration of the service' });
  }
}
