import type { Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import { Secret } from '../secret';
import type { VaultAccess } from '../vault/access';
import { segmentsOf } from '../vault/path';
import type { Credential, CredentialSource, Lent, Login } from './credential';

export interface VaultSourceOptions {
  readonly access: VaultAccess;
  readonly clock: Clock;
}

/** What of an answer is lent, and who it makes the one who has it. @throws SecretsError */
type Read<L extends Lent> = (data: Readonly<Record<string, unknown>>) => What<L> | Promise<What<L>>;

type What<L extends Lent> = Omit<L, keyof Lent> & Pick<Lent, 'user'>;

interface VaultPath<L extends Lent> {
  readonly kind: CredentialSource['kind'];
  /** For events and the status. */
  readonly role: string;
  /** Encoded. */
  readonly path: string;
  /** Sent along, where the engine wants to be told something. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly grantedBy: string;
  readonly read: Read<L>;
  /** What an error means on this path. */
  readonly explain: (error: unknown) => unknown;
}

/** Leases of any engine of Vault: whatever is answered with a lease. */
export function vaultSource<L extends Lent>(
  { access, clock }: VaultSourceOptions,
  { kind, role, path, parameters, grantedBy, read, explain }: VaultPath<L>,
): CredentialSource<L> {
  const subject = `lease of ${role}`;
  return {
    kind,
    role,
    obtain: async (): Promise<L> => {
      const obtainedAt = clock.monotonic();
      const ask =
        parameters === undefined
          ? ({ method: 'GET' } as const)
          : ({ method: 'POST', body: parameters } as const);
      const { body, session } = await access
        .request({ ...ask, path, subject, grantedBy })
        .catch((error: unknown) => {
          throw explain(error);
        });
      const { lease_id: leaseId, lease_duration: seconds = 0, request_id: requestId } = body;
      if (!leaseId || !(seconds > 0)) {
        throw new SecretsError(
          'ERR_LEASE_MISSING',
          `${subject}: "${path}" is answered without a lease: it lends nothing`,
        );
      }
      const giveBack = (): Promise<void> =>
        access.revoke(
          {
            method: 'PUT',
            // The lease is named by the path alone: as a parameter the policy denies it.
            path: `sys/leases/revoke/${leaseId}`,
            // Else Vault answers before the database has removed the user, and nobody hears when it cannot.
            body: { sync: true },
            subject: `revocation of a lease of ${role}`,
            shownPath: `sys/leases/revoke/${path}/*`,
            grantedBy,
          },
          session,
        );
      try {
        const lent: Lent = {
          ...(await read(body.data ?? {})),
          ...(requestId && { requestId }),
          obtainedAt,
          ttlMs: seconds * 1_000,
          session,
          giveBack,
        };
        return lent as L;
      } catch (error) {
        // Of no use to anybody. Where it cannot be given back it ends by itself; the first error says more.
        await giveBack().catch(() => undefined);
        throw error;
      }
    },
  };
}

/** A role of a database secrets engine. */
export interface DatabaseRole {
  readonly mount: string;
  readonly role: string;
  /** For events and the status. */
  readonly shown: string;
}

const DATABASE_GRANTED_BY = 'PostgresRole.grantLease() or RedisRole.grantLease()';

/** Users of Vault's database secrets engine: `<mount>/creds/<role>`. @throws SecretsError `ERR_SECRETS_CONFIG` */
export function databaseSource<L extends Lent = Credential>(
  options: VaultSourceOptions,
  { mount, role, shown }: DatabaseRole,
  as: (login: Login) => What<L>,
): CredentialSource<L> {
  const path = [
    ...segmentsOf(mount, 'mount', 1, 'database'),
    'creds',
    ...segmentsOf(role, 'role', 1, 'fintech-api-role'),
  ].join('/');
  return vaultSource<L>(options, {
    kind: 'vault-database',
    role: shown,
    path,
    grantedBy: DATABASE_GRANTED_BY,
    read: ({ username, password }) => {
      if (typeof username === 'string' && typeof password === 'string') {
        return as({ user: username, password: new Secret(password) });
      }
      throw new SecretsError('ERR_ROLE_NOT_FOUND', `lease of ${shown}: "${path}" is not a database role`);
    },
    explain: (error) => roleError(error, mount, role),
  });
}

/** Vault answers an unknown role with 400 or 500 ("unknown role"), a missing mount with 404 ("no handler"). */
function roleError(error: unknown, mount: string, role: string): unknown {
  if (!(error instanceof SecretsError)) return error;
  if (/unknown role/i.test(error.message)) {
    return new SecretsError(
      'ERR_ROLE_NOT_FOUND',
      `the mount "${mount}" has no role "${role}": deploy it, or mend the name`,
    );
  }
  if (error.code === 'ERR_MOUNT_NOT_FOUND') {
    return new SecretsError(
      'ERR_MOUNT_NOT_FOUND',
      `there is no secrets engine at "${mount}/": deploy it, or mend the name`,
    );
  }
  return error;
}
