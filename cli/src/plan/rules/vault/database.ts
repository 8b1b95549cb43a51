import type { Change } from '../../change';
import type { Remark } from '../../grade';
import { hasUnknown, isNothing, own, same, show } from '../../values';
import {
  allowance,
  changed,
  harmless,
  lifetime,
  mustBe,
  ofChanges,
  reviewed,
  rewritten,
  type Judge,
} from '../attribute-judges';
import { blocksOf } from '../../blocks';
import { named, type Rule } from '../rule';
import { statements, unlessWeaker } from './statements';

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
    plugin_name: ofChanges((before, after) => ({
      grade: 'danger',
      sentence: `its password is used by another program: ${show(before)} → ${show(after)}`,
    })),
    root_rotation_statements: unlessWeaker('how its password is rotated'),
    postgresql: harmless,
    redis: harmless,
    data: changed('data'),
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
  host: elsewhere('host'),
  port: elsewhere('port'),
  username: reviewed('its own user'),
  tls: mustBe(true, 'talks TLS', 'talks without TLS'),
  insecure_tls: mustBe(false, "checks the server's certificate", "does not check the server's certificate"),
  ca_cert: ofChanges((before) => ({
    grade: isNothing(before) ? 'notice' : 'danger',
    sentence: 'trusts another certificate authority',
  })),
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
    const judge = own(judges, name) ?? unexplained(name);
    if (judge !== harmless && hasUnknown(after[name])) {
      return { grade: 'unknown', sentence: `${name} is known only after the apply` };
    }
    return judge(before === undefined ? undefined : (before[name] ?? null), after[name]) ?? [];
  });
}

const unexplained = (name: string): Judge =>
  ofChanges(() => ({ grade: 'unknown', sentence: `${name} changes, and no rule knows what that means` }));

function elsewhere(label: string): Judge {
  return ofChanges((before, after) => ({
    grade: 'danger',
    sentence: `its password goes to another server (${label} ${show(before)} → ${show(after)})`,
  }));
}

/** Each asks for more than the one before it: https://www.postgresql.org/docs/current/libpq-ssl.html. */
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];
const UNSAID = SSL_MODES.indexOf('prefer');

function connectionUrl(): Judge {
  return (before, after) => {
    const [was, will] = [sslModeOf(show(before)), sslModeOf(show(after))];
    if (before === undefined ? will < UNSAID + 1 && show(after).includes('sslmode=') : will < was)
      return {
        grade: 'danger',
        sentence: will <= UNSAID ? 'talks without TLS' : 'checks less of its server by TLS',
      };
    return hostOf(show(before)) === hostOf(show(after)) || before === undefined
      ? changed('URL')(before, after)
      : { grade: 'danger', sentence: 'its password goes to another server' };
  };
}

function sslModeOf(url: string): number {
  const mode = /[?&\s]sslmode=([\w-]+)/.exec(url)?.[1] ?? 'prefer';
  return SSL_MODES.indexOf(mode);
}

/** What stands behind the user and the password. */
const hostOf = (url: string): string => /^[a-z+]+:\/\/(?:[^/]*@)?([^/?]*)/i.exec(url)?.[1] ?? url;
