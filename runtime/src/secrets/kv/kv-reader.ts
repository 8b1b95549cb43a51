import type { z } from 'zod';
import { MissingCapabilityError, SecretsError } from '../errors';
import { fit } from '../fit';
import { hideWhenPrinted } from '../secret';
import type { VaultAccess } from '../vault/access';
import type { VaultBody } from '../vault/answer';
import { segmentsOf } from '../vault/path';

/** One version of a KV v2 entry, checked against its schema. */
export interface KvEntry<T> {
  readonly value: T;
  readonly version: number;
  /** When it was written, by Vault's clock: ms since 1970. */
  readonly writtenAt: number;
}

/** Reads entries of KV v2, wherever Vault has mounted it. */
export class KvReader {
  /** How many segments the mounts have that were found to have more than one, by their paths. */
  readonly #nested = new Map<string, number>();

  constructor(private readonly access: VaultAccess) {}

  /**
   * Reads an entry: its newest version, or the one that is asked for.
   *
   * @param path mount and entry as people say it, without `data/`: `secret/fintech-api/config`.
   * @throws SecretsError `ERR_KV_NOT_FOUND`, `ERR_KV_VERSION`, or `ERR_KV_SCHEMA` with the names of the fields, never
   * their values.
   */
  async read<S extends z.ZodType>(path: string, schema: S, version?: number): Promise<KvEntry<z.output<S>>> {
    const segments = segmentsOf(path, 'KV path', 2, 'secret/fintech-api/config');
    const known = this.#mountLength(segments);
    const body = await this.#ask(path, segments, known, version).catch(async (error: unknown) => {
      if (!mayBeElsewhere(error)) throw error;
      const length = await this.#findMount(path, segments);
      if (length === undefined || length === known) throw notFound(error, path);
      return this.#ask(path, segments, length, version).catch((again: unknown) => {
        throw notFound(again, path);
      });
    });
    const { data, metadata } = (body.data ?? {}) as Answer;
    if (metadata?.version === undefined) throw firstVersion(path);
    const value = await fit(schema, data, (why) => misfit(path, why));
    return {
      value: hideWhenPrinted(value),
      version: metadata.version,
      writtenAt: Date.parse(metadata.created_time ?? ''),
    };
  }

  async #ask(
    path: string,
    segments: readonly string[],
    mountLength: number,
    version: number | undefined,
  ): Promise<VaultBody> {
    const data = [...segments.slice(0, mountLength), 'data', ...segments.slice(mountLength)].join('/');
    const { body } = await this.access.request({
      method: 'GET',
      path: version === undefined ? data : `${data}?version=${version}`,
      subject: `KV entry ${path}`,
      grantedBy: 'KvEntry.grantRead()',
    });
    return body;
  }

  /** Most mounts have one segment; of others it is remembered. Mounts never lie within each other. */
  #mountLength(segments: readonly string[]): number {
    for (let length = segments.length - 1; length > 1; length -= 1) {
      if (this.#nested.has(segments.slice(0, length).join('/'))) return length;
    }
    return 1;
  }

  /**
   * Asks Vault how many segments of the path are its mount's, as its own command does; `undefined` when it does not say.
   * https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts
   *
   * @throws SecretsError `ERR_KV_VERSION`
   */
  async #findMount(path: string, segments: readonly string[]): Promise<number | undefined> {
    const answer = await this.access
      .request({
        method: 'GET',
        path: `sys/internal/ui/mounts/${segments.join('/')}`,
        subject: `mount of ${path}`,
        grantedBy: 'KvEntry.grantRead()',
      })
      .catch(() => undefined);
    const { path: mount, type, options } = (answer?.body.data ?? {}) as Mount;
    if (typeof mount !== 'string' || (type !== 'kv' && type !== 'generic')) return undefined;
    if (options?.version !== '2') throw firstVersion(path);
    const { length } = mount.split('/').filter(Boolean);
    if (length >= segments.length) return undefined;
    if (length > 1) this.#nested.set(segments.slice(0, length).join('/'), length);
    return length;
  }
}

interface Answer {
  readonly data?: unknown;
  readonly metadata?: { readonly version?: number; readonly created_time?: string };
}

interface Mount {
  readonly path?: unknown;
  readonly type?: unknown;
  readonly options?: { readonly version?: unknown } | null;
}

/** Nothing is there, or nothing that the policy allows. */
function mayBeElsewhere(error: unknown): boolean {
  return error instanceof MissingCapabilityError || isMissing(error);
}

function isMissing(error: unknown): boolean {
  return error instanceof SecretsError && error.code === 'ERR_MOUNT_NOT_FOUND';
}

function notFound(error: unknown, path: string): unknown {
  if (!isMissing(error)) return error;
  return new SecretsError(
    'ERR_KV_NOT_FOUND',
    `there is no KV entry at "${path}": deploy it, write it with "npx portcullis secrets put", or mend the path`,
    { cause: error },
  );
}

function firstVersion(path: string): SecretsError {
  return new SecretsError(
    'ERR_KV_VERSION',
    `"${path}" is in a KV engine of version 1, which keeps no versions to follow: make one of version 2 with KvMount of @portcullis/constructs, or upgrade it with "bao kv enable-versioning"`,
  );
}

function misfit(path: string, why: string): SecretsError {
  return new SecretsError('ERR_KV_SCHEMA', `the KV entry "${path}" does not fit its schema: ${why}`);
}
