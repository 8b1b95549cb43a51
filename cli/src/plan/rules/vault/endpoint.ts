import { show } from '../../values';
import { harmless, reviewed } from '../attribute-judges';
import { named, type Rule } from '../rule';

/** A write to a path of Vault for which the provider has no resource: `rotate-root`, a connection's bootstrap. */
export const endpoint: Rule = {
  types: ['vault_generic_endpoint'],
  noun: named('Vault path', 'path'),
  created: ({ after }) => ({
    grade: 'notice',
    sentence: show(after.path).includes('/rotate-root/')
      ? "Vault replaces this connection's password by one that only it knows"
      : 'will be written',
  }),
  destroyed: {
    grade: 'notice',
    loses: 'the record of the write; what it wrote stays, unless a delete is sent',
  },
  attributes: {
    path: reviewed('path'),
    data_json: () => ({ grade: 'notice', sentence: 'will be written again' }),
    disable_delete: harmless,
    disable_read: harmless,
    ignore_absent_fields: harmless,
    write_data: harmless,
    write_data_json: harmless,
    write_fields: harmless,
  },
};
