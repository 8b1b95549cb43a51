import type { z } from 'zod';
import { SecretsError } from '../errors';
import { hideWhenPrinted } from '../secret';
import type { VaultAccess } from '../vault/access';

/** One version of a KV v2 entry, checked against its schema. */
export interface KvEntry<T> {
  readonly value: T;
  readonly version: number;
  /** When it was written, by Vault's clock: ms since 1970. */
  readonly writtenAt: number;
}

/**
 * Reads a KV v2 entry: its newest version, or the one that is asked for.
 *
 * @param path mount and entry as people say it, without `data/`: `secret/fintech-api/config`.
 * @throws SecretsError `ERR_KV_NOT_FOUND`, or `ERR_KV_SCHEMA` with the names of the fields, never their values.
 */
export async function readKvEntry<S extends z.ZodType>(
  access: VaultAccess,
  path: string,
  schema: S,
  version?: number,
): Promise<KvEntry<z.output<S>>> {
  const { body } = await access
    .request({
      method: 'GET',
      path: version === undefined ? dataPath(path) : `${dataPath(path)}?version=${version}`,
      subject: `KV entry ${path}`,
      grantedBy: 'KvEntry.grantRead()',
    })
    .catch((error: unknown) => {
      throw notFound(error, path);
    });
  const { data, metadata } = (body.data ?? {}) as Answer;
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw schemaError(path, parsed.error);
  return {
    value: hideWhenPrinted(parsed.data),
    version: metadata?.version ?? 0,
    writtenAt: Date.parse(metadata?.created_time ?? ''),
  };
}

interface Answer {
  readonly data?: unknown;
  readonly metadata?: { readonly version?: number; readonly created_time?: string };
}

function dataPath(path: string): string {
  const [mount, ...entry] = path.split('/').filter(Boolean);
  if (mount === undefined || entry.length === 0) {
    throw new SecretsError(
      'ERR_SECRETS_CONFIG',
      `"${path}" is no KV path: expected mount/entry, as in secret/fintech-api/config`,
    );
  }
  return [mount, 'data', ...entry].map(encodeURIComponent).join('/');
}

function notFound(error: unknown, path: string): unknown {
  if (!(error instanceof SecretsError) || error.code !== 'ERR_MOUNT_NOT_FOUND') return error;
  return new SecretsError(
    'ERR_KV_NOT_FOUND',
    `there is no KV entry at "${path}": deploy it, write it with "portcullis secrets put", or mend the path`,
    { cause: error },
  );
}

/** Tells paths and codes only, because zod's messages may quote what they received. */
function schemaError(path: string, error: z.ZodError): SecretsError {
  const fields = error.issues
    .map((issue) => `${issue.path.join('.') || '(root)'} (${issue.code})`)
    .join(', ');
  return new SecretsError('ERR_KV_SCHEMA', `the KV entry "${path}" does not fit its schema: ${fields}`);
}
