import type { Change } from '../../change';
import type { Remark } from '../../grade';
import { aclRulesIn, isPowerfulAclRule, powersInSql } from '../../content/commands';
import { hasUnknown, own, same, show, type Value } from '../../values';
import {
  allowance,
  changed,
  harmless,
  itemsOf,
  lifetime,
  mustBe,
  reviewed,
  rewritten,
  type Judge,
} from '../attribute-judges';
import { redactStatement } from '../../shown/redact';
import { blocksOf } from '../blocks';
import { named, type Rule } from '../rule';

export const databaseRole: Rule = {
  types: ['vault_database_secret_backend_role'],
  noun: named('database role', 'name'),
  destroyed: { grade: 'danger', loses: 'no more users are leased by it' },
  attributes: {
    name: reviewed('name'),
    backend: reviewed('mount'),
    db_name: reviewed('connection'),
    default_ttl: lifetime('TTL', 'unlimited'),
    max_ttl: lifetime('maximum TTL', 'unlimited'),
    creation_statements: statements('what its users may do'),
    revocation_statements: unlessWeaker('how its users are removed'),
    rollback_statements: unlessWeaker('how a failed lease is undone'),
    renew_statements: statements('how its users are renewed'),
  },
};

export const connection: Rule = {
  types: ['vault_database_secret_backend_connection'],
  noun: named('database connection', 'name'),
  destroyed: {
    grade: 'danger',
    loses: 'no more users are leased over it, and those leased cannot be revoked',
    forGood: () => true,
  },
  attributes: {
    name: reviewed('name'),
    backend: reviewed('mount'),
    allowed_roles: allowance('roles that may use it'),
    verify_connection: mustBe(true, 'is tried when it is written', 'is no longer tried when it is written'),
    plugin_name: reviewed('plugin'),
    root_rotation_statements: reviewed('how its password is rotated'),
    postgresql: harmless,
    redis: harmless,
    data: harmless,
  },
  remarks: (change) => [...inside(change, 'postgresql', POSTGRES), ...inside(change, 'redis', REDIS)],
};

const POSTGRES: Readonly<Record<string, Judge>> = {
  connection_url: connectionUrl(),
  username: reviewed('its own user'),
  password_wo_version: rewritten('its password will be written'),
  max_open_connections: harmless,
  max_idle_connections: harmless,
  max_connection_lifetime: harmless,
};

const REDIS: Readonly<Record<string, Judge>> = {
  host: reviewed('host'),
  port: reviewed('port'),
  username: reviewed('its own user'),
  tls: mustBe(true, 'talks TLS', 'talks without TLS'),
  insecure_tls: mustBe(false, "checks the server's certificate", "does not check the server's certificate"),
  ca_cert: reviewed('certificate authority'),
  password: (before) =>
    before === undefined ? undefined : { grade: 'notice', sentence: 'its password will be written' },
};

/** Judges the attributes of the one block that a connection has of its kind. */
function inside(change: Change, block: string, judges: Readonly<Record<string, Judge>>): Remark[] {
  const [[before], [after]] = [blocksOf(change.before[block]), blocksOf(change.after[block])];
  if (after === undefined) return [];
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after)]);
  return [...names].sort().flatMap((name) => {
    if (same(before?.[name], after[name])) return [];
    const judge = own(judges, name) ?? changed(name);
    if (judge !== harmless && hasUnknown(after[name])) {
      return { grade: 'unknown', sentence: `${name} is known only after the apply` };
    }
    return judge(before === undefined ? undefined : (before[name] ?? null), after[name]) ?? [];
  });
}

function connectionUrl(): Judge {
  return (before, after) => {
    const cleartext = /sslmode=(disable|allow|prefer)\b/;
    if (cleartext.test(show(after)) && !cleartext.test(show(before))) {
      return { grade: 'danger', sentence: 'talks without TLS' };
    }
    return changed('URL')(before, after);
  };
}

function statements(label: string): Judge {
  return (before, after) => {
    const [was, will] = [grantsOf(before), grantsOf(after)];
    const added = will.filter((grant) => !was.includes(grant));
    const removed = was.filter((grant) => !will.includes(grant));
    const powerful = added.filter(
      (grant) => isPowerful(grant) && !removed.some((old) => sharesPower(old, grant)),
    );
    if (powerful.length > 0) return { grade: 'danger', sentence: `${label}: gains ${shown(powerful)}` };
    if (before === undefined) return undefined;
    const denials = removed.filter((grant) => /^-|^reset/.test(grant));
    if (denials.length > 0)
      return { grade: 'danger', sentence: `${label}: no longer denied ${denials.join(' ')}` };
    const parts = [
      removed.length > 0 && `loses ${shown(removed)}`,
      added.length > 0 && `gains ${shown(added)}`,
    ].filter(Boolean);
    return { grade: 'notice', sentence: `${label}: ${parts.join(', ') || 'their order'}` };
  };
}

const shown = (grants: readonly string[]): string => grants.map(redactStatement).join(' ');

/** A statement that removes a user no longer is not seen here: whoever changes one is read. */
function unlessWeaker(label: string): Judge {
  return (before, after) => {
    const remark = statements(label)(before, after);
    return remark?.grade === 'notice' ? { ...remark, grade: 'unknown' } : remark;
  };
}

/** The SQL statements of a role. A Redis role has one statement, the JSON list of its ACL rules: these one by one. */
function grantsOf(value: Value | undefined): string[] {
  return itemsOf(value).flatMap((statement) =>
    statement.startsWith('[') ? aclRules(statement) : [statement],
  );
}

function aclRules(statement: string): string[] {
  try {
    return (JSON.parse(statement) as unknown[]).map(String).flatMap(aclRulesIn);
  } catch {
    return [statement];
  }
}

/** Grants that a leased user must not have, in SQL or as Redis ACL rules. */
function isPowerful(grant: string): boolean {
  return isPowerfulAclRule(grant) || powersInSql(grant).length > 0;
}

/** Whether a removed statement granted the same power as an added one. */
function sharesPower(old: string, statement: string): boolean {
  const powers = powersInSql(statement);
  return powers.length > 0 && powers.every((power) => powersInSql(old).includes(power));
}
