import { Construct } from 'constructs';
import { refuseProps } from '../../core';
import { nameProblems } from '../checks';
import { DatabaseRole } from './database-role';
import type { Grantee } from '../policy/grantee';
import { connectionProblems, type RedisServer } from './database-connection';
import { aclProblems } from './redis-rules';

/** Properties of {@link RedisRole}. */
export interface RedisRoleProps {
  /** A {@link RedisConnection}, or one that exists already: `RedisConnection.at(…)`. */
  readonly connection: RedisServer;
  /** Name of the role, which the app leases by. */
  readonly name: string;
  /**
   * ACL rules as `ACL SETUSER` takes them, one an element, in order: later ones win. Key patterns (`~orders:*`), channels
   * (`&orders:*`), commands that are known to stay within them (`+get`, `-get`), and categories with `-@dangerous` behind.
   */
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

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: RedisRoleProps) {
    super(scope, id);
    refuseProps(this, [
      ...connectionProblems('connection', props.connection, 'redis'),
      ...nameProblems('name', props.name),
      ...aclProblems('rules', props.rules),
    ]);
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
