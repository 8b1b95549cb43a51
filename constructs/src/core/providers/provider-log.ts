import type { IConstruct } from 'constructs';
import { ConstructError } from '../props/errors';

/** Levels of `TF_LOG` at which a provider writes no requests; any other word counts as TRACE. */
const QUIET = ['', 'OFF', 'ERROR', 'WARN', 'INFO'];

/**
 * Refuses to synthesize while a database's password would end in a debug log. At DEBUG the provider vault (as of 5.9)
 * logs every connection that it writes, with its password. Nothing in a stack can turn that off: the deployer's
 * environment sets it. The refusal does not depend on whether a password is given, because cdktf keeps `TF_VAR_*` from
 * the app.
 *
 * @throws ConstructError `ERR_PROVIDER_LOG` when the provider's log is at DEBUG or TRACE.
 */
export function refuseProviderDebugLog(scope: IConstruct, env: NodeJS.ProcessEnv = process.env): void {
  const level = ([env.TF_LOG_PROVIDER, env.TF_LOG].find(Boolean) ?? '').toUpperCase();
  if (QUIET.includes(level)) return;
  throw new ConstructError(
    'ERR_PROVIDER_LOG',
    scope,
    `received ${level} as the level of the provider's log, at which it writes database passwords; set TF_LOG_CORE instead of TF_LOG, or TF_LOG_PROVIDER=INFO beside it`,
  );
}
