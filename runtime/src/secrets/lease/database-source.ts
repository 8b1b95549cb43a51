import type { Clock } from '../clock';
import { SecretsError } from '../errors';
import { Secret } from '../secret';
import type { VaultAccess } from '../vault/access';
import type { Credential, CredentialSource } from './credential';

export interface DatabaseSourceOptions {
  readonly access: VaultAccess;
  readonly clock: Clock;
  readonly mount: string;
  readonly role: string;
}

/** Leases of Vault's database secrets engine: `<mount>/creds/<role>`. */
export function databaseSource({ access, clock, mount, role }: DatabaseSourceOptions): CredentialSource {
  const path = `${mount}/creds/${encodeURIComponent(role)}`;
  const subject = `lease of ${role}`;

  return {
    kind: 'vault-database',
    role,
    obtain: async (): Promise<Credential> => {
      const obtainedAt = clock.now();
      const { body, session } = await access
        .request({
          method: 'GET',
          path,
          subject,
          grantedBy: 'PostgresRole.grantLease() or RedisRole.grantLease()',
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
        deadline: () => Math.min(obtainedAt + seconds * 1_000, session.deadline),
        // The lease ID is in the path because the policy permits just this prefix and denies it as a parameter.
        revoke: async () => {
          try {
            const answer = await access.send(
              { method: 'PUT', path: `sys/leases/revoke/${leaseId}` },
              session,
            );
            if (answer.kind === 'ok') return { ok: true };
            return { ok: false, code: answer.kind };
          } catch (error) {
            return { ok: false, code: error instanceof SecretsError ? error.code : 'ERR_VAULT_UNREACHABLE' };
          }
        },
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
