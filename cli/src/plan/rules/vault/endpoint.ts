import { hasUnknown, same, show, type Value } from '../../values';
import { harmless, reviewed } from '../attribute-judges';
import { named, type Rule } from '../rule';

/** A write to a path of Vault for which the provider has no resource: `rotate-root`, a connection's bootstrap. */
export const endpoint: Rule = {
  types: ['vault_generic_endpoint'],
  noun: named('Vault path', 'path'),
  created: ({ after }) =>
    decides(after.path)
      ? { grade: 'danger', sentence: 'writes who may do what in Vault, past every other resource' }
      : {
          grade: 'notice',
          sentence: show(after.path).includes('/rotate-root/')
            ? "Vault replaces this connection's password by one that only it knows"
            : 'will be written',
        },
  destroyed: {
    grade: 'notice',
    loses: 'the record of the write; what it wrote stays, unless a delete is sent',
  },
  attributes: {
    path: reviewed('path'),
    data_json: harmless,
    disable_delete: harmless,
    disable_read: harmless,
    ignore_absent_fields: harmless,
    write_data: harmless,
    write_data_json: harmless,
    write_fields: harmless,
  },
  remarks: ({ action, before, after }) =>
    action === 'create' || action === 'delete' || same(before.data_json, after.data_json)
      ? []
      : decides(after.path)
        ? [{ grade: 'danger', sentence: 'writes who may do what in Vault, past every other resource' }]
        : [{ grade: 'notice', sentence: 'will be written again' }],
};

/** Paths of users, roles, policies, audit devices, mounts and of Vault itself. */
function decides(path: Value | undefined): boolean {
  return hasUnknown(path) || /^\/?(v1\/)?(sys|auth|identity)\//.test(show(path));
}
