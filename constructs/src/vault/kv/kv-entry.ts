import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { KvSecretV2 } from '@cdktf/provider-vault/lib/kv-secret-v2';
import type { TerraformResourceLifecycle } from 'cdktf';
import { Construct } from 'constructs';
import { refuseCollisions } from '../collisions';
import { knownAs, refuseProps, type SecretInput } from '../../core';
import { madeAs } from '../../core/props/checks';
import { guardProblems } from '../../core/props/guard';
import { secretProblems } from '../../core/secret-input';
import type { Grantee } from '../policy/grantee';
import type { KvEngine } from './kv-mount';
import { nameProblems } from '../checks';

/** Properties of {@link KvEntry}. */
export interface KvEntryProps {
  /** A {@link KvMount}, or one that exists already: `KvMount.at(…)`. */
  readonly mount: KvEngine;
  /** Path below the mount, as in `fintech-api/config`. */
  readonly name: string;
  /** The entry's fields. They are written when their version is raised, and never read back. */
  readonly data: SecretInput;
  /** Whether the engine refuses to destroy the entry, or to give it another name. @default true */
  readonly preventDestroy?: boolean;
}

/**
 * A KV-V2 secret at a given path of a mount. Terraform writes its fields through the write-only argument
 * `data_json_wo`, and neither reads nor stores them. When the entry is gone from Vault, a plan says that
 * `still-there` has to be created, and its apply fails. Somebody has to bring it back then: raise the version of its secret
 * and deploy with the value, or write it by hand.
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
    const { name, data, preventDestroy = true } = props;
    refuseProps(this, [
      ...madeAs('mount', props.mount, 'pathName', 'a KvMount'),
      ...nameProblems('name', name),
      ...secretProblems('data', data, this),
      ...guardProblems('preventDestroy', preventDestroy),
    ]);
    this.dataPath = `${props.mount.pathName}/data/${name}`;
    knownAs(this, props.mount.pathName, name);
    const entry = new KvSecretV2(this, 'entry', {
      mount: props.mount.path,
      name,
      dataJsonWo: data.expression,
      dataJsonWoVersion: data.version,
      disableRead: true, // whoever plans may not read secrets
      dependsOn: [...data.gates],
      lifecycle: { preventDestroy },
    });
    // Its metadata, without its fields: they are read whenever something is planned. Nothing is written to them.
    new GenericEndpoint(this, 'still-there', {
      path: `${props.mount.path}/metadata/${name}`,
      dataJson: '{}',
      disableDelete: true,
      dependsOn: [entry],
      lifecycle: {
        ignoreChanges: ['data_json'],
        postcondition: [isThere(`${props.mount.pathName}/${name}`)],
      },
    });
  }

  /** Lets `grantee` read this entry and no other. */
  grantRead(grantee: Grantee): void {
    grantee.grant({ path: this.dataPath, capabilities: ['read'], reason: 'configuration of the service' });
  }
}

/**
 * The metadata of an entry stay when its newest version is deleted. A version that the engine is going to delete by itself
 * (`delete_version_after`) has a time of deletion as well: whole seconds after its creation, to the nanosecond.
 */
function isThere(entry: string): TerraformResourceCondition {
  // The provider takes them for secret. Before they are read for the first time, they are what was planned: nothing.
  const text = 'nonsensitive(self.data_json)';
  const metadata = `jsondecode(${text})`;
  const newest = `${metadata}.versions[${metadata}.current_version]`;
  const fraction = (time: string) => `substr(${newest}.${time}, 19, -1)`;
  const kept = `${newest}.deletion_time == "" || ${fraction('deletion_time')} == ${fraction('created_time')}`;
  return {
    condition: `\${${text} == "{}" || try(!${newest}.destroyed && (${kept}), false)}`,
    errorMessage: `The newest version of the entry ${entry} is deleted. Bring it back (vault kv undelete), or write another one (vault kv put).`,
  };
}

type TerraformResourceCondition = NonNullable<TerraformResourceLifecycle['postcondition']>[number];
