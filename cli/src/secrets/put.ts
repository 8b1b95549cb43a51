import { PortcullisError } from '../errors';
import type { FieldCheck } from './known-fields';
import { VaultError, type VaultAnswer, type VaultClient } from '../engines/vault-client';

export interface FieldToPut {
  /** Mount and entry, without `data/`. */
  readonly path: string;
  readonly field: string;
  readonly value: string;
  /** Write only if this is the newest version. */
  readonly cas?: number | undefined;
}

/**
 * Writes one field as a merge patch: Vault keeps the other fields, and the token needs no right to read them. Where
 * there is no entry yet, makes one, and fails if somebody else makes it first.
 *
 * @param problemOf what would be of no use to whoever reads the entry. @default every value is of use
 * @returns the version that was written.
 * @throws PortcullisError `ERR_SETTING`, `ERR_VAULT_REFUSED`, `ERR_UNREACHABLE`
 */
export async function putField(
  vault: VaultClient,
  { path, field, value, cas }: FieldToPut,
  problemOf: FieldCheck = () => undefined,
): Promise<number> {
  const segments = segmentsOf(path);
  const problem = problemOf(path, field, value);
  if (problem !== undefined) {
    throw new PortcullisError(
      'ERR_SETTING',
      `the API could not use that value as ${field} of ${path}: ${problem}`,
      'nothing was written: give another value',
    );
  }
  const data = { [field]: value };
  let target = dataPath(segments, 1);
  try {
    target = dataPath(segments, await mountLength(vault, segments));
    if (cas !== 0) {
      try {
        return versionOf(await vault.patch(target, { data, ...(cas !== undefined && { options: { cas } }) }));
      } catch (error) {
        const isNew = error instanceof VaultError && error.status === 404 && cas === undefined;
        if (!isNew) throw error;
      }
    }
    return versionOf(await vault.write(target, { data, options: { cas: 0 } }));
  } catch (error) {
    throw refusal(error, path, target);
  }
}

/**
 * Takes one field away, by a merge patch (RFC 7396): the others stay, unread.
 *
 * @returns the version that was written.
 * @throws PortcullisError `ERR_VAULT_REFUSED`, `ERR_UNREACHABLE`
 */
export async function removeField(
  vault: VaultClient,
  { path, field }: Pick<FieldToPut, 'path' | 'field'>,
): Promise<number> {
  const segments = segmentsOf(path);
  let target = dataPath(segments, 1);
  try {
    target = dataPath(segments, await mountLength(vault, segments));
    return versionOf(await vault.patch(target, { data: { [field]: null } }));
  } catch (error) {
    throw refusal(error, path, target);
  }
}

function segmentsOf(path: string): readonly string[] {
  const segments = path.split('/').filter(Boolean);
  const climbs = segments.some((segment) => segment === '.' || segment === '..');
  if (segments.length < 2 || climbs) {
    throw new PortcullisError(
      'ERR_SETTING',
      `"${path}" is no KV path`,
      'give mount/entry, as in secret/fintech-api/config, without "." and "..": URLs resolve them',
    );
  }
  return segments.map(encodeURIComponent);
}

function dataPath(segments: readonly string[], ofMount: number): string {
  return [...segments.slice(0, ofMount), 'data', ...segments.slice(ofMount)].join('/');
}

/**
 * How many segments are the mount's: Vault tells everybody who may do anything below it. A refusal says that it tells
 * nothing, and most mounts have one.
 * https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts
 */
async function mountLength(vault: VaultClient, segments: readonly string[]): Promise<number> {
  const { data } = await vault
    .read(`sys/internal/ui/mounts/${segments.join('/')}`)
    .catch((error: unknown): VaultAnswer => {
      if (error instanceof VaultError) return {};
      throw error;
    });
  const mount = data?.path;
  const length = typeof mount === 'string' ? mount.split('/').filter(Boolean).length : 0;
  return length > 0 && length < segments.length ? length : 1;
}

function versionOf({ data }: { readonly data?: Record<string, unknown> }): number {
  return Number(data?.version);
}

function refusal(error: unknown, path: string, target: string): unknown {
  if (!(error instanceof VaultError)) return error;
  const said = error.errors.join('; ');
  if (error.status === 403) {
    const remedy = `its policy needs "patch", and "create" for a new entry, on "${target}"`;
    return new PortcullisError('ERR_VAULT_REFUSED', `the token may not write ${path}`, remedy);
  }
  if (error.status === 400 && said.includes('check-and-set')) {
    const remedy = 'somebody else wrote it: look what changed, then name the newest version in --cas';
    return new PortcullisError('ERR_VAULT_REFUSED', `${path} is at another version`, remedy);
  }
  const remedy = 'check the path: a KV v2 mount, then the entry';
  return new PortcullisError(
    'ERR_VAULT_REFUSED',
    `Vault answered ${error.status} on ${target}: ${said || 'nothing'}`,
    remedy,
  );
}
