import { overridesSchema } from '@portcullis/runtime';
import type { Config } from '../config/define-config';

/**
 * What keeps a value from being of use in a field of an entry that the API reads, in words without the value; undefined
 * where there is nothing, or nobody knows the entry.
 */
export type FieldCheck = (path: string, field: string, value: string) => string | undefined;

/** Knows the entries that the config has schemas of, and that of the limits. */
export const problemOfField =
  ({ policy, vault: { kv, limitsEntry, entries } }: Pick<Config, 'policy' | 'vault'>): FieldCheck =>
  (path, field, value) => {
    const named = path.split('/').filter(Boolean).join('/');
    if (named === `${kv}/${limitsEntry}`)
      return overridesSchema(policy).parse({ [field]: value }).unusable[0]?.message;
    const [, schema] = Object.entries(entries).find(([entry]) => named === `${kv}/${entry}`) ?? [];
    if (schema === undefined || !Object.hasOwn(schema.shape, field)) return undefined;
    const issues = schema.shape[field]?.safeParse(value).error?.issues;
    return issues?.map(({ message }) => message).join('; ');
  };
