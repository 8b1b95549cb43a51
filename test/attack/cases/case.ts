import type { RefusalReason } from '../../../runtime/src/auth';
import type { Forge } from '../../support/attack/forge';
import type { HostileRequest } from '../../support/attack/hostile-request';

/**
 * What has to happen to a token: let in; refused, and for which reason; good but without the scope; or not
 * even taken for a token (`no_token`).
 */
export type Fate = 'let_in' | 'too_little' | 'no_token' | RefusalReason;

/** A token, sent as `Authorization: Bearer <token>`. */
export interface TokenCase {
  readonly name: string;
  readonly token: (forge: Forge) => string;
  readonly fate: Fate;
}

/** A request, for what is hostile around the token. Header values may hold any character up to U+00FF. */
export interface RequestCase {
  readonly name: string;
  readonly request: (forge: Forge) => HostileRequest;
  readonly fate: Exclude<Fate, RefusalReason> | 'malformed' | 'ambiguous' | 'ambiguous_path' | 'unlisted';
}

/** Lines of a table, all with one fate. */
export function tokens(
  fate: Fate,
  table: Readonly<Record<string, (forge: Forge) => string>>,
): readonly TokenCase[] {
  return Object.entries(table).map(([name, token]) => ({ name, token, fate }));
}
