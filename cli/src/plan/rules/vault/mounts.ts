import type { Attributes, Change } from '../../change';
import { isNothing, isRecord, numberOf, show } from '../../values';
import {
  allowance,
  changed,
  harmless,
  lifetime,
  mustBe,
  ofChanges,
  reviewed,
  rewritten,
  trusted,
  type Judge,
} from '../attribute-judges';
import { named, type Rule } from '../rule';

export const mount: Rule = {
  types: ['vault_mount'],
  noun: named('Vault mount', 'path'),
  destroyed: {
    grade: 'danger',
    loses: 'everything in it is gone, and every lease under it',
    forGood: () => true,
  },
  attributes: {
    path: reviewed('path'),
    type: reviewed('type'),
    description: harmless,
    accessor: harmless,
    default_lease_ttl_seconds: lifetime('default TTL of leases'),
    max_lease_ttl_seconds: lifetime('maximum TTL of leases'),
    options: changed('options'),
    audit_non_hmac_request_keys: allowance('parameters that the audit log shows in clear'),
    audit_non_hmac_response_keys: allowance('answers that the audit log shows in clear'),
  },
  remarks: ({ action, before, after }) =>
    action !== 'delete' && versionOf(before) > 1 && !(versionOf(after) > 1)
      ? [{ grade: 'danger', sentence: 'keeps no earlier versions any more' }]
      : [],
};

/** Of a KV mount. Version 1 overwrites what it is given, and deletes what it is told to. */
function versionOf({ options }: Attributes): number {
  return isRecord(options) ? numberOf(options.version) : NaN;
}

export const transitKey: Rule = {
  types: ['vault_transit_secret_backend_key'],
  noun: named('key', 'name', 'backend'),
  destroyed: {
    grade: 'danger',
    loses: 'what it encrypted can never be read again',
    forGood: () => true,
  },
  attributes: {
    backend: reviewed('backend'),
    name: reviewed('name'),
    type: reviewed('type'),
    derived: reviewed('whether it is derived'),
    convergent_encryption: reviewed('whether the same text is the same ciphertext'),
    exportable: mustBe(
      false,
      'cannot be exported',
      'can be exported: whoever has it decrypts without a trace',
    ),
    allow_plaintext_backup: mustBe(false, 'has no backup in clear', 'can be backed up in clear'),
    deletion_allowed: mustBe(false, 'cannot be deleted', 'can be deleted'),
    auto_rotate_period: lifetime('rotation'),
    min_decryption_version: atLeast('oldest version that decrypts'),
    min_encryption_version: atLeast('oldest version that encrypts'),
    latest_version: harmless,
    min_available_version: harmless,
    keys: harmless,
    supports_encryption: harmless,
    supports_decryption: harmless,
    supports_derivation: harmless,
    supports_signing: harmless,
  },
};

/** A version below which keys are no longer used: a lower one takes old keys again. */
function atLeast(label: string): Judge {
  return ofChanges((before, after) => {
    const [was, will] = [before, after].map((value) => (isNothing(value) ? 0 : numberOf(value)));
    const remark = reviewed(label)(before, after);
    return remark && !((will ?? NaN) >= (was ?? NaN)) ? { ...remark, grade: 'danger' } : remark;
  });
}

const otherKeys = ofChanges(() => ({ grade: 'danger', sentence: 'trusts whoever has other keys' }));

export const authMethod: Rule = {
  types: ['vault_auth_backend', 'vault_jwt_auth_backend'],
  noun: named('authentication method', 'path', 'type'),
  created: () => ({ grade: 'notice', sentence: 'is a new way to log in' }),
  destroyed: { grade: 'danger', loses: 'every role and every token that came through it is gone' },
  attributes: {
    path: reviewed('path'),
    type: reviewed('type'),
    description: harmless,
    accessor: harmless,
    oidc_discovery_url: trusted('issuer'),
    bound_issuer: trusted('bound issuer'),
    jwks_url: trusted('key set'),
    jwt_validation_pubkeys: otherKeys,
    oidc_discovery_ca_pem: otherKeys,
    jwks_ca_pem: otherKeys,
    default_role: reviewed('role of a login that names none'),
  },
};

export const auditDevice: Rule = {
  types: ['vault_audit'],
  noun: named('audit device', 'path'),
  destroyed: { grade: 'danger', loses: 'what it would have recorded is not recorded' },
  attributes: { path: reviewed('path'), type: reviewed('type'), options: changed('options') },
  remarks: ({ action, before, after }) =>
    action !== 'create' &&
    action !== 'delete' &&
    PLACES.some((name) => optionOf(before, name) !== optionOf(after, name))
      ? [{ grade: 'danger', sentence: 'is written somewhere else' }]
      : [],
};

/** Where a device of each type writes: who watches the old place is told nothing. */
const PLACES = ['file_path', 'address', 'facility', 'tag'];

const optionOf = ({ options }: Attributes, name: string): string =>
  show(isRecord(options) ? options[name] : undefined);

/** One that is replaced is written again; what it was is brought back by `vault kv undelete`. */
const isDeleted = ({ action }: Change): boolean => action === 'delete';

export const kvEntry: Rule = {
  types: ['vault_kv_secret_v2'],
  noun: named('secret', 'name'),
  destroyed: { grade: 'danger', loses: 'all of its versions are gone', forGood: isDeleted },
  attributes: {
    name: reviewed('name'),
    mount: reviewed('mount'),
    path: harmless,
    data_json: (before) =>
      before === undefined
        ? undefined
        : { grade: 'danger', sentence: 'its value is given in a way that the state keeps' },
    data_json_wo: harmless,
    data_json_wo_version: (before, after) =>
      before === undefined ? undefined : rewritten('will be written')(before, after),
    delete_all_versions: mustBe(
      false,
      'its versions outlive it',
      'goes with all of its versions when it is destroyed',
    ),
    metadata: harmless,
    custom_metadata: harmless,
  },
};
