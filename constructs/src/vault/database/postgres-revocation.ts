/**
 * How a leased PostgreSQL user is removed.
 *
 * Vault runs all statements in one transaction, and undoes all of them if one fails. So the first two are a transaction of
 * their own: whatever comes after, the user can no longer sign in. Only then its sessions end, because a pool that is cut
 * off connects again at once.
 *
 * DROP ROLE alone fails when the role owns something, or when something was granted to it. So what it owned gets another
 * owner, and what was granted to it is revoked. That works for the database that Vault is connected to. What the user
 * left in another one (a large object, which everybody may make) keeps the role: it stays without login, the lease ends,
 * and a warning in the server's log names the role. Every other failure is Vault's to try again.
 *
 * REASSIGN OWNED needs membership in the role. Since PostgreSQL 16, CREATEROLE brings the ADMIN option but no
 * membership: Vault's user therefore grants the role to itself.
 *
 * A user that is gone is a user that is revoked.
 *
 * @param heir the group role that gets what the user owned.
 */
export function revocationStatements(heir: string): string[] {
  return [
    ifThere(`ALTER ROLE "{{name}}" NOLOGIN;`),
    `COMMIT;`,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '{{name}}';`,
    ifThere(
      [
        `GRANT "{{name}}" TO CURRENT_USER WITH INHERIT TRUE, SET FALSE;`,
        `REASSIGN OWNED BY "{{name}}" TO "${heir}";`,
        `DROP OWNED BY "{{name}}";`,
        `BEGIN DROP ROLE "{{name}}";`,
        `EXCEPTION WHEN dependent_objects_still_exist THEN`,
        `RAISE WARNING 'the revoked role % stays, without login: it owns something in another database', '{{name}}';`,
        `END ;`,
      ].join(' '),
    ),
  ];
}

/** On one line, and with spaces around END: else Vault would split the statement at each semicolon. */
function ifThere(statements: string): string {
  return `DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{{name}}') THEN ${statements} END IF; END $$;`;
}
