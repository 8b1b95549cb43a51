import type { z } from 'zod';
import { SecretsError } from '../errors';
import { fit } from '../fit';
import { hideWhenPrinted } from '../secret';
import { segmentsOf } from '../vault/path';
import type { CredentialSource, Leased } from './credential';
import { vaultSource, type VaultSourceOptions } from './vault-source';

export interface LeasedPath<S extends z.ZodType> {
  /** As Vault has it: `aws/creds/reports`. */
  readonly path: string;
  readonly schema: S;
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}

/** Leases of any path, as their schema makes them. @throws SecretsError `ERR_SECRETS_CONFIG` */
export function pathSource<S extends z.ZodType>(
  options: VaultSourceOptions,
  { path, schema, parameters }: LeasedPath<S>,
): CredentialSource<Leased<z.output<S>>> {
  let lent = 0;
  return vaultSource<Leased<z.output<S>>>(options, {
    kind: 'vault',
    role: path,
    path: segmentsOf(path, 'path of an engine', 2, 'aws/creds/reports').join('/'),
    parameters,
    grantedBy: 'AppRoleLogin.grant() and endLease()',
    read: async (data) => {
      const value = await fit(schema, data, (why) => misfit(path, why));
      // Not every engine names who it makes its user; what it lends is told apart by number then.
      const user = typeof data.username === 'string' ? data.username : `${path} ${(lent += 1)}`;
      return { user, value: hideWhenPrinted(value) };
    },
    explain: (error) => error,
  });
}

function misfit(path: string, why: string): SecretsError {
  return new SecretsError('ERR_LEASE_SCHEMA', `what "${path}" lends does not fit its schema: ${why}`);
}
