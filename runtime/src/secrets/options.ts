import type { MeterProvider } from '@opentelemetry/api';
import { readFileSync } from 'node:fs';
import type { Policy } from '../policy';
import { systemClock, type Clock } from '../time/clock';
import { SecretsError } from './errors';
import type { EmitEvent } from './events';
import { appRole } from './login/app-role';
import type { LoginMethod } from './login/method';
import { parseAddresses } from './vault/addresses';

export interface SecretsManagerOptions {
  /** Servers of one Vault or OpenBao cluster. @default VAULT_ADDR, comma-separated */
  readonly address?: string | readonly string[];
  /** @default VAULT_NAMESPACE */
  readonly namespace?: string;
  /** File with the authorities to trust, PEM. @default VAULT_CACERT */
  readonly caFile?: string;
  /** @default AppRole with VAULT_ROLE_ID and VAULT_WRAPPED_SECRET_ID or VAULT_SECRET_ID, read at each login */
  readonly login?: LoginMethod;
  /** Sends tokens over plain HTTP to hosts other than loopback. @default false */
  readonly allowPlainHttp?: boolean;
  /** The API's policy; its lifetimes say when a credential is replaced. @default at 50/60 of its TTL */
  readonly policy?: Policy;
  /** Mount of the database secrets engine. @default 'database' */
  readonly databaseMount?: string;
  /** How long a start waits for Vault and for first credentials. @default 30 */
  readonly startupSeconds?: number;
  /** Longest wait for work in flight before old connections are closed. @default 30 */
  readonly drainSeconds?: number;
  /** Longest shutdown, revocations included. @default 10 */
  readonly closeSeconds?: number;
  /** How long the process may go on without a valid token and without a login. @default 60 */
  readonly withoutTokenSeconds?: number;
  /** Called when that bound has passed. @default one line on standard error, then exit code 1 */
  readonly onLoginImpossible?: (error: SecretsError) => void;
  readonly onEvent?: EmitEvent;
  /** For the metrics that `metrics.ts` lists. @default the global one: register the SDK first */
  readonly meterProvider?: MeterProvider;
  /** Unix socket that shows the status to `portcullis secrets status`. @default PORTCULLIS_STATUS_SOCKET, or none */
  readonly statusSocket?: string;
  /** For tests. @default the process' monotonic clock */
  readonly clock?: Clock;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Options with the environment and the defaults filled in. @throws SecretsError with the remedy. */
export function resolveOptions(options: SecretsManagerOptions, env: Environment) {
  const caFile = options.caFile ?? env.VAULT_CACERT;
  const namespace = options.namespace ?? env.VAULT_NAMESPACE;
  const statusSocket = options.statusSocket ?? env.PORTCULLIS_STATUS_SOCKET;
  const lifetimes = options.policy?.lifetimes;
  return {
    addresses: parseAddresses(options.address ?? env.VAULT_ADDR, options.allowPlainHttp ?? false),
    login: options.login ?? loginFromEnvironment(env),
    clock: options.clock ?? systemClock,
    databaseMount: options.databaseMount ?? 'database',
    rotateShare: lifetimes && lifetimes.rotateAtSeconds / lifetimes.credentialSeconds,
    startupMs: (options.startupSeconds ?? 30) * 1_000,
    drainMs: (options.drainSeconds ?? 30) * 1_000,
    closeMs: (options.closeSeconds ?? 10) * 1_000,
    withoutTokenMs: (options.withoutTokenSeconds ?? 60) * 1_000,
    onLoginImpossible: options.onLoginImpossible ?? exitProcess,
    ...(statusSocket !== undefined && { statusSocket }),
    ...(namespace !== undefined && { namespace }),
    ...(caFile !== undefined && { ca: readPem(caFile) }),
  };
}

function loginFromEnvironment(env: Environment): LoginMethod {
  const name = env.VAULT_WRAPPED_SECRET_ID ? 'VAULT_WRAPPED_SECRET_ID' : 'VAULT_SECRET_ID';
  const { VAULT_ROLE_ID: roleId } = env;
  if (!roleId || !env[name]) {
    throw new SecretsError(
      'ERR_SECRETS_CONFIG',
      'no way to log in: set VAULT_ROLE_ID and VAULT_WRAPPED_SECRET_ID (or VAULT_SECRET_ID), or pass { login }',
    );
  }
  const source = (): string => env[name] ?? '';
  return appRole({
    roleId,
    ...(name === 'VAULT_SECRET_ID' ? { secretId: source } : { wrappedSecretId: source }),
  });
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SecretsError('ERR_SECRETS_CONFIG', `cannot read the CA bundle ${file}`, { cause });
  }
}

function exitProcess(error: SecretsError): void {
  process.stderr.write(
    `portcullis: no login to Vault is possible any more, exiting: ${error.code}: ${error.message}\n`,
  );
  process.exit(1);
}
