/** The statements by which a database makes, renews and removes leased users: in SQL, or as the rules of a Redis ACL. */
import { aclRulesIn, isPowerfulAclRule } from '../../content/commands';
import { beyondTheLease, isPowerfulRole, isUnderstood, membershipsIn, powersInSql } from '../../content/sql';
import type { Remark } from '../../grade';
import { redactStatement } from '../../shown/redact';
import type { Value } from '../../values';
import { itemsOf, type Judge } from '../attribute-judges';

export function statements(label: string): Judge {
  return (before, after) => {
    const [was, will] = [grantsOf(before), grantsOf(after)];
    const added = will.filter((grant) => !was.includes(grant));
    const removed = was.filter((grant) => !will.includes(grant));
    const say = (grade: Remark['grade'], what: string, grants: readonly string[]): Remark => ({
      grade,
      sentence: `${label}: ${what} ${shown(grants)}`,
    });
    const powerful = added.filter(
      (grant) => powersOf(grant).length > 0 && !removed.some((old) => hasPowersOf(old, grant)),
    );
    // Of a new role, the name of the group that its users are in is said.
    const groups = before === undefined ? powerful.filter(isOfGroupsAlone) : [];
    const dangerous = powerful.filter((grant) => !groups.includes(grant));
    if (dangerous.length > 0) return say('danger', 'gains', dangerous);
    const unread = added.filter((grant) => !isAclRule(grant) && !isUnderstood(grant));
    if (unread.length > 0) return say('unknown', 'nobody here knows what this does:', unread);
    if (groups.length > 0)
      return say('unknown', 'has the rights of a group, and no plan tells of these:', groups);
    if (before === undefined) return undefined;
    const denials = removed.filter((grant) => /^-|^reset/.test(grant));
    if (denials.length > 0) return say('danger', 'no longer denied', denials);
    const parts = [
      removed.length > 0 && `loses ${shown(removed)}`,
      added.length > 0 && `gains ${shown(added)}`,
    ].filter(Boolean);
    return { grade: 'notice', sentence: `${label}: ${parts.join(', ') || 'their order'}` };
  };
}

/** Statements that remove, renew or rotate: one that does so no longer is not seen here, so whoever changes one is read. */
export function unlessWeaker(label: string): Judge {
  return (before, after) => {
    const remark = statements(label)(before, after);
    return before !== undefined && remark?.grade === 'notice' ? { ...remark, grade: 'unknown' } : remark;
  };
}

const shown = (grants: readonly string[]): string => grants.map(redactStatement).join(' ');

/** The SQL statements of a role. A Redis role has one statement, the JSON list of its ACL rules: these one by one. */
function grantsOf(value: Value | undefined): string[] {
  return itemsOf(value).flatMap((statement) =>
    statement.trimStart().startsWith('[') ? aclRules(statement) : [statement],
  );
}

function aclRules(statement: string): string[] {
  try {
    return (JSON.parse(statement) as unknown[]).map(String).flatMap(aclRulesIn);
  } catch {
    return [statement];
  }
}

/** One word; a statement of SQL has several. */
const isAclRule = (grant: string): boolean => !/\s/.test(grant) && /^[\w+\-~%&<>#!@*]/.test(grant);

/** What a leased user must not have without somebody who reads it. */
function powersOf(grant: string): string[] {
  return isAclRule(grant)
    ? isPowerfulAclRule(grant)
      ? [grant]
      : []
    : [...powersInSql(grant), ...beyondTheLease(grant)];
}

function hasPowersOf(old: string, grant: string): boolean {
  const has = powersOf(old);
  return powersOf(grant).every((power) => has.includes(power));
}

/** Whether all that a statement gives is the rights of roles, none of them powerful by its name. */
function isOfGroupsAlone(grant: string): boolean {
  const groups = membershipsIn(grant);
  return powersOf(grant).length === groups.length && !groups.some(isPowerfulRole);
}
