import { Construct } from 'constructs';
import { ConstructError } from '../../core';
import { DatabaseRole } from './database-role';
import type { Grantee } from '../policy/grantee';
import type { RedisConnection } from './redis-connection';

export interface RedisRoleProps {
  readonly connection: RedisConnection;
  /** Name of the role, which the app leases by. */
  readonly name: string;
  /** ACL rules as `ACL SETUSER` takes them, one an element, in order: later ones win. */
  readonly rules: readonly string[];
}

/**
 * A role of the database secrets engine that leases Redis users with the given ACL rules.
 *
 * https://developer.hashicorp.com/vault/docs/secrets/databases/redis
 *
 * @example
 * const role = new RedisRole(this, 'redis-role', { connection: redis, name: 'redis-role', rules: RUNTIME_ACL });
 * role.grantLease(login);
 */
export class RedisRole extends Construct {
  private readonly role: DatabaseRole;

  /** @throws ConstructError `ERR_VAULT_NAME`, or `ERR_REDIS_ACL` when a rule sets a password or allows everything. */
  constructor(scope: Construct, id: string, props: RedisRoleProps) {
    super(scope, id);
    const wrong = props.rules.findIndex((rule) => !isNarrow(rule));
    if (wrong >= 0 || props.rules.length === 0) {
      // The rule itself is not shown: one that begins with `>` is a password.
      const received = wrong >= 0 ? `an ACL rule (number ${wrong + 1})` : 'no ACL rules';
      throw new ConstructError(
        'ERR_REDIS_ACL',
        this,
        `received ${received} that is too wide or no permission; give the key patterns (~), channels (&) and commands (+, -) that are needed, one an element`,
      );
    }
    this.role = new DatabaseRole(this, 'lease', {
      connection: props.connection,
      name: props.name,
      creationStatements: [JSON.stringify(props.rules)],
    });
  }

  get name(): string {
    return this.role.name;
  }

  /** Lets `grantee` lease users of this role and end them early. */
  grantLease(grantee: Grantee): void {
    this.role.grantLease(grantee);
  }
}

/** Whether a rule is one permission. Passwords, `on`, and whatever means everything are not. */
function isNarrow(rule: string): boolean {
  return (
    /^([~&%+-]\S+|resetkeys|resetchannels)$/.test(rule) && !['+@all', '~*', '%RW~*', '&*'].includes(rule)
  );
}
