import { hasUnknown, same, show, type Value } from '../../values';
import type { Remark } from '../../grade';
import { harmless, reviewed } from '../attribute-judges';
import { named, type Rule } from '../rule';

/** A write to a path of Vault for which the provider has no resource: `rotate-root`, a connection's bootstrap. */
export const endpoint: Rule = {
  types: ['vault_generic_endpoint'],
  noun: named('Vault path', 'path'),
  created: ({ after }) => written(after.path),
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
    action === 'create' ||
    action === 'delete' ||
    ['path', 'data_json'].every((name) => same(before[name], after[name]))
      ? []
      : [written(after.path)],
};

function written(path: Value | undefined): Remark {
  if (decides(path))
    return { grade: 'danger', sentence: 'writes who may do what in Vault, past every other resource' };
  const text = show(path);
  if (/^[\w-]+(\/[\w-]+)*\/rotate-root\/[\w-]+$/.test(text)) {
    return {
      grade: 'notice',
      sentence: "Vault replaces this connection's password by one that only it knows",
    };
  }
  // What a path of an unknown mount means, nobody knows: `config/ca` of a PKI is who is trusted. An entry of KV is data.
  return /^[\w-]+\/(data|metadata)\//.test(text)
    ? { grade: 'notice', sentence: 'will be written' }
    : { grade: 'unknown', sentence: 'will be written: no rule knows what that path means' };
}

/** Paths of users, roles, policies, audit devices, mounts and of Vault itself. */
function decides(path: Value | undefined): boolean {
  const text = show(path);
  // Vault takes a path with dots or doubled slashes for another one.
  return hasUnknown(path) || /(^|\/)\.|\/\/|%/.test(text) || /^\/*(v1\/)?(sys|auth|identity)\//.test(text);
}
