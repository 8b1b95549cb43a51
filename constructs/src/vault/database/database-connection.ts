import type { DatabaseSecretBackendConnection } from '@cdktf/provider-vault/lib/database-secret-backend-connection';
import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { Fn, Op, TerraformResource, Token, conditional } from 'cdktf';
import type { Construct } from 'constructs';
import type { Problem } from '@portcullis/runtime/policy';
import { addressOf } from '../../core';
import { madeAs, unless, unlike, wholeNumber } from '../../core/props/checks';
import { guardProblems } from '../../core/props/guard';
import { hostProblems, nameProblems } from '../checks';
import type { DatabaseEngine } from './database-mount';

/** What both kinds of connection are told about their server. */
interface ServerProps {
  readonly mount: DatabaseEngine;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly preventDestroy: boolean;
}

/** Everything that is wrong with where a server is, and as whom Vault signs in. */
export function serverProblems({
  mount,
  name,
  host,
  port,
  username,
  preventDestroy,
}: ServerProps): Problem[] {
  return [
    ...madeAs('mount', mount, 'credentialSeconds', 'a DatabaseMount'),
    ...nameProblems('name', name),
    ...hostProblems('host', host),
    ...wholeNumber('port', port, 1, 65_535),
    ...unlike('username', username, /^[a-z_][a-z0-9_-]{0,62}$/i, 'a user: letters, digits, "_" and "-"'),
    ...guardProblems('preventDestroy', preventDestroy),
  ];
}

/** A connection of a database mount, as roles see it. */
export interface DatabaseConnection {
  /** What is at its other end. */
  readonly kind: 'postgres' | 'redis';
  /** The engine that it is in. */
  readonly mount: DatabaseEngine;
  /** Name of the connection, by reference: what uses it is created after the connection. */
  readonly connectionName: string;
  /**
   * Lets the role named `role` lease through this connection; of one that exists already, sees to it that it may.
   *
   * @param scope the construct of the role.
   */
  allow(role: string, scope: Construct): void;
}

/** A connection to PostgreSQL: a `PostgresConnection`, or one that exists already. */
export interface PostgresServer extends DatabaseConnection {
  readonly kind: 'postgres';
  /** Vault's own user, where it is known. */
  readonly username?: string;
}

/** A connection to Redis: a `RedisConnection`, or one that exists already. */
export interface RedisServer extends DatabaseConnection {
  readonly kind: 'redis';
}

/** The problem of what is no connection of a kind. */
export function connectionProblems(
  path: string,
  connection: DatabaseConnection,
  kind: DatabaseConnection['kind'],
): Problem[] {
  const expected = kind === 'postgres' ? 'a PostgresConnection' : 'a RedisConnection';
  const wrong = madeAs(path, connection, 'kind', expected);
  return wrong.length > 0 ? wrong : unless(connection.kind === kind, path, connection, expected);
}

/**
 * Makes Vault replace the password that the connection was created with by one that only Vault knows: after the apply
 * the bootstrap password is dead. This happens whenever the connection is created, the first time and after somebody
 * deleted it in Vault, and when the version of the bootstrap password is raised, which updates its `gates`. A connection
 * that is only updated keeps its password: Redis would forget another one at its next restart.
 *
 * https://developer.hashicorp.com/vault/api-docs/secret/databases#rotate-root-credentials
 */
export function rotateRoot(
  scope: Construct,
  mount: DatabaseEngine,
  connection: DatabaseSecretBackendConnection,
  gates: readonly TerraformResource[],
): GenericEndpoint {
  // Known while the connection exists, unknown when it is going to be created: this is replaced then.
  const creation = new TerraformResource(scope, 'creation', { terraformResourceType: 'terraform_data' });
  creation.addOverride('triggers_replace', [connection.id]);
  return new GenericEndpoint(scope, 'rotate-root', {
    path: `${mount.path}/rotate-root/${connection.name}`,
    dataJson: '{}',
    disableRead: true,
    disableDelete: true,
    dependsOn: [connection],
    lifecycle: { replaceTriggeredBy: [creation, ...gates].map(addressOf), createBeforeDestroy: true },
  });
}

export interface FirstWriteProps {
  readonly mount: DatabaseEngine;
  /** Name of the connection. */
  readonly name: string;
  /** What is written. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** As {@link SecretInput} has it: without the bootstrap password nothing is written. */
  readonly required: string;
  readonly gates: readonly TerraformResource[];
  /** What makes it write again. @default nothing, while the connection exists */
  readonly rewrittenBy?: readonly TerraformResource[];
}

/**
 * Writes a connection before the connection's own resource does. It is there because it knows when the connection has to
 * be created: it is created itself then, which needs a bootstrap password. The connection's own resource is given none in
 * most deploys. Deleting this resource deletes nothing in Vault.
 */
export function firstWrite(scope: Construct, props: FirstWriteProps): GenericEndpoint {
  const { mount, name, settings, required, gates, rewrittenBy = [] } = props;
  return new GenericEndpoint(scope, 'bootstrap', {
    path: `${mount.path}/config/${name}`,
    dataJson: Token.asString(conditional(Op.eq(required, 'given'), Fn.jsonencode(settings), '')),
    // What Vault answers has no password, and what is in the state stays as it was written.
    ignoreAbsentFields: true,
    disableDelete: true,
    dependsOn: [...gates],
    lifecycle: {
      // What earlier versions made was not read back, and would be written again, with a password that is dead.
      ignoreChanges: ['data_json', 'disable_read', 'ignore_absent_fields'],
      ...(rewrittenBy.length > 0 && { replaceTriggeredBy: rewrittenBy.map(addressOf) }),
      createBeforeDestroy: true,
    },
  });
}
