import type { Change } from '../../change';
import { changed, harmless, lifetime, mustBe, reviewed, rewritten, trusted } from '../attribute-judges';
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
  },
};

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
    default_role: reviewed('role of a login that names none'),
  },
};

export const auditDevice: Rule = {
  types: ['vault_audit'],
  noun: named('audit device', 'path'),
  destroyed: { grade: 'danger', loses: 'what it would have recorded is not recorded' },
  attributes: { path: reviewed('path'), type: reviewed('type'), options: changed('options') },
};

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
