import { overridesSchema } from '@portcullis/runtime';
import { policy } from '../../../policy';
import { configSchema } from '../../../vault-entries';
import { MOUNTS, vaultNamesOf } from '../../../vault-names';

/**
 * What keeps a value from being of use in a field of an entry that the API reads, in words without the value; undefined
 * where there is nothing, or nobody knows the entry.
 */
export function problemOfField(path: string, field: string, value: string): string | undefined {
  const { config, limits } = vaultNamesOf(policy).entries;
  const entry = path.split('/').filter(Boolean).join('/');
  if (entry === `${MOUNTS.kv}/${limits}`) {
    return overridesSchema(policy).parse({ [field]: value }).unusable[0]?.message;
  }
  if (entry !== `${MOUNTS.kv}/${config}` || !Object.hasOwn(configSchema.shape, field)) return undefined;
  const parsed = configSchema.shape[field as keyof typeof configSchema.shape].safeParse(value);
  return parsed.error?.issues.map(({ message }) => message).join('; ');
}
