import type { Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import { Secret } from '../secret';
import { segmentsOf } from '../vault/path';
import type { VaultAccess } from '../vault/access';
import type { Credential, CredentialSource } from './credential';

export interface DatabaseSourceOptions {
  readonly access: VaultAccess;
  readonly clock: Clock;
  readonly mount: string;
  readonly role: string;
}

const GRANTED_BY = 'PostgresRole.grantLease() or RedisRole.grantLease()';

/** Leases of Vault's database secrets engine: `<mount>/creds/<role>`. */
export function databaseSource({ access, clock, mount, role }: DatabaseSourceOptions): CredentialSource {
  const path = [
    ...segmentsOf(mount, 'mount', 1, 'database'),
    'creds',
    ...segmentsOf(role, 'role', 1, 'fintech-api-role'),
  ].join('/');
  const subject = `lease of ${role}`;

  return {
    kind: 'vault-database',
    role,
    obtain: async (): Promise<Credential> => {
      const obtainedAt = clock.monotonic();
      const { body, session } = await access
        .request({
          method: 'GET',
          path,
          subject,
          grantedBy: GRANTED_BY,
        })
        .catch((error: unknown) => {
          throw roleError(error, mount, role);
        });
      const { username, password } = body.data ?? {};
      const { lease_id: leaseId, lease_duration: seconds = 0 } = body;
      if (typeof username !== 'string' || typeof password !== 'string' || leaseId === undefined) {
        throw new SecretsError('ERR_ROLE_NOT_FOUND', `${subject}: "${path}" is not a database role`);
      }
      return {
        user: username,
        password: new Secret(password),
        obtainedAt,
        ttlMs: seconds * 1_000,
        session,
        giveBack: () =>
          access.revoke(
            {
              method: 'PUT',
              // The lease is named by the path alone: as a parameter the policy denies it.
              path: `sys/leases/revoke/${leaseId}`,
              // Else Vault answers before the database has removed the user, and nobody hears when it cannot.
              body: { sync: true },
              subject: `revocation of a lease of ${role}`,
              shownPath: `sys/leases/revoke/${path}/*`,
              grantedBy: GRANTED_BY,
            },
            session,
          ),
      };
    },
  };
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
