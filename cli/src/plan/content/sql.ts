/** Statements of databases about their users: which rights they give beyond the tables that they name. */
import { isAdministrativeRole } from './administrators';

/** The user that a lease makes, as Vault's templates name it, in the quotes of any database. */
const LEASED = String.raw`["'\[\x60]?\{\{(?:name|username)\}\}["'\]\x60]?(?:@(?:'[^']*'|"[^"]*"|[\w%.]+))?`;
const NAME = String.raw`(?:"[^"]*"|'[^']*'|\[[^\]]*\]|\x60[^\x60]*\x60|[\w.@%{}$-]+)`;
const NAMES = String.raw`${NAME}(?:\s*,\s*${NAME})*`;

/** Rights that reach beyond the tables that a statement names, or that can be passed on; and what changes the database itself. */
const POWERS: readonly RegExp[] = [
  /(?<!NO)\b(?:SUPERUSER|CREATEROLE|CREATEUSER|CREATEDB|BYPASSRLS|REPLICATION)\b/gi,
  /(?<!\bREVOKE (?:GRANT OPTION FOR )?)\bALL (?:PRIVILEGES|PERMISSIONS|ON)\b[^;]*?(?= TO |;|$)/gi,
  /\bWITH (?:GRANT|ADMIN) (?:OPTION|TRUE)\b/gi,
  /\bpg_(?:execute_server_program|(?:read|write)_server_files|(?:read|write)_all_data|signal_backend|maintain|checkpoint)\b/gi,
  /\bSECURITY (?:DEFINER|LABEL)\b/gi,
  /\bCOPY\b[^;]*\bPROGRAM\b|\bINTO (?:OUT|DUMP)FILE\b|\bLOAD_FILE\b|\bxp_cmdshell\b/gi,
  /\b(?:dblink\w*|lo_import|lo_export|pg_(?:read|ls|stat)_\w*(?:file|dir)\w*)\b/gi,
  /\bTO PUBLIC\b|\*\.\*/gi,
  /\bOWNER TO\b/gi,
  new RegExp(String.raw`\bREASSIGN OWNED BY (?!${LEASED}(?![\s,]*,))`, 'gi'),
  /\b(?:DISABLE|NO FORCE) ROW LEVEL SECURITY\b|\bDISABLE TRIGGER\b/gi,
  /\bALTER SYSTEM\b|\bLOAD '/gi,
  /\b(?:CREATE|ALTER)(?: OR REPLACE)?(?: CONSTRAINT| EVENT| TRUSTED| FOREIGN)? (?:EXTENSION|FUNCTION|PROCEDURE|TRIGGER|RULE|LANGUAGE|SERVER|USER MAPPING|SUBSCRIPTION|PUBLICATION|POLICY|CAST|OPERATOR|ASSEMBLY|DATABASE)\b/gi,
  /\bDROP (?:TABLE|SCHEMA|DATABASE|POLICY|TRIGGER|VIEW|FUNCTION)\b|\bTRUNCATE\b|\bDELETE FROM\b|\bINSERT INTO\b|\bUPDATE \S+ SET\b/gi,
  // A statement that is made while it runs.
  /\bEXECUTE\b(?=\s*(?:['("$]|[\w.]+\s*(?:\(|\|\|)))/gi,
  // Others get the rights of the role that is made.
  new RegExp(String.raw`\bCREATE (?:ROLE|USER|GROUP) [^;]*?(?<!\bIN )\b(?:ROLE|USER|ADMIN) ${NAMES}`, 'gi'),
  // MongoDB, Elasticsearch and the like, whose statements are JSON.
  /"(?:root|superuser|__system|dbOwner|userAdmin\w*|\w+AnyDatabase|cluster(?:Admin|Manager)|hostManager|restore|backup|all|admin)"/g,
];

/** Each with the names of the roles whose rights are given, whatever these are. */
const MEMBERSHIPS: readonly RegExp[] = [
  new RegExp(String.raw`\bGRANT (?!${LEASED} TO CURRENT_USER\b)((?:(?! ON )[^;])*?) TO\b`, 'gi'),
  new RegExp(String.raw`\bIN (?:ROLE|GROUP) (${NAMES})`, 'gi'),
  new RegExp(String.raw`\bALTER GROUP (${NAME}) ADD\b`, 'gi'),
  new RegExp(String.raw`\bALTER (?:SERVER )?ROLE (${NAME}) ADD MEMBER\b`, 'gi'),
  new RegExp(String.raw`\bsp_add\w*member\s*(${NAME})`, 'gi'),
  new RegExp(String.raw`\bSET (?:SESSION |LOCAL )?(?:ROLE|AUTHORIZATION) ?(?:TO |= ?)?(${NAME})`, 'gi'),
];

/** In statements that make and remove one leased user: whatever is about somebody else. */
const ELSEWHERE: readonly RegExp[] = [
  new RegExp(
    String.raw`\b(?:CREATE|ALTER|DROP) (?:ROLE|USER|LOGIN) (?!(?:IF (?:NOT )?EXISTS )?${LEASED})[^;]{0,40}`,
    'gi',
  ),
  new RegExp(String.raw`\bGRANT\b[^;]* TO (?!(?:${LEASED}|CURRENT_USER)\s*(?:;|$|WITH\b|\$|END\b))`, 'gi'),
  // A password that whoever reads the statement knows.
  /\b(?:(?:PASSWORD|BY)\s*=?\s*(?:[EN]?'|"|\$\w*\$)|AS\s+')(?!\{\{)/gi,
];

/** Databases' own roles that may do anything, or nearly. */
const BUILT_IN =
  /^(?:postgres|pg_\w+|rds_?\w*|cloudsql\w*|azure_\w+|alloydb\w*|sa|sys|system|sysadmin|dba|db_(?:owner|\w+admin)|\w*admin)$/i;

/** Rights, each as it is written, in capitals: the same text gives the same rights. */
export function powersInSql(statement: string): string[] {
  return [...found(statement, POWERS), ...membershipsIn(statement).map((role) => `THE RIGHTS OF ${role}`)];
}

/** Names of the roles whose rights a statement gives. */
export function membershipsIn(statement: string): string[] {
  const names = plainly(statement).flatMap((text) =>
    MEMBERSHIPS.flatMap((pattern) => [...text.matchAll(pattern)].map(([, list = '']) => list)),
  );
  return unique(
    names.flatMap((list) => list.split(',')).map((name) => name.trim().replace(/^["'[`]|["'\]`]$/g, '')),
  );
}

export function isPowerfulRole(name: string): boolean {
  return BUILT_IN.test(name) || isAdministrativeRole(name);
}

/** What a statement of a lease does besides making or removing its own user. */
export function beyondTheLease(statement: string): string[] {
  return found(statement, ELSEWHERE);
}

const UNDERSTOOD = new RegExp(
  String.raw`^(?:(?:CREATE|ALTER|DROP) (?:ROLE|USER|LOGIN) (?:IF (?:NOT )?EXISTS )?${LEASED}(?: .*)?|(?:ALTER DEFAULT PRIVILEGES .*)?GRANT .+ TO .+|REVOKE .+ FROM .+|COMMIT|ROLLBACK|FLUSH PRIVILEGES|REASSIGN OWNED BY ${LEASED} TO ${NAME}|DROP OWNED BY ${LEASED}|SELECT pg_terminate_backend\([^()]*\) FROM pg_stat_activity WHERE [^()]*|DO|IF EXISTS \(SELECT FROM pg_roles WHERE rolname = '\{\{name\}\}'\)|EXCEPTION WHEN \w+|RAISE WARNING '[^']*'(?:, '\{\{name\}\}')?)?$`,
  'i',
);

/** Whether every part of a statement is of a kind whose powers are known here. */
export function isUnderstood(statement: string): boolean {
  return plainly(statement).every((text) =>
    text.split(/;|\$\w*\$|\b(?:BEGIN|THEN|END IF|END)\b/i).every((part) => UNDERSTOOD.test(part.trim())),
  );
}

function found(statement: string, patterns: readonly RegExp[]): string[] {
  return unique(
    plainly(statement).flatMap((text) =>
      patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([power]) => power.trim().toUpperCase())),
    ),
  );
}

/** With its comments, which stand where spaces do, and without: inside of a text they are none. */
function plainly(statement: string): string[] {
  return unique(
    [statement, statement.replace(/\/\*[\s\S]*?\*\/|--[^\n]*/g, ' ')].map((text) =>
      text.replace(/\s+/g, ' ').trim(),
    ),
  );
}

const unique = (list: readonly string[]): string[] => [...new Set(list)];
