import { POSTGRES_DEFAULTS, REDIS_DEFAULTS } from '@portcullis/constructs';
import { isLoopback, type Problem } from '@portcullis/runtime/policy';
import { EnvironmentError, defineEnvironment, type Environment } from './define-environment';
import { parseAddress } from './address';

/**
 * Everything on this machine, or wherever `PORTCULLIS_DATABASE_URL` and `PORTCULLIS_REDIS_URL` point. The names are
 * Portcullis' own: what other programs use never decides where something is deployed.
 *
 * @throws EnvironmentError when one of these variables holds something else than such a URL.
 */
export function local(variables: NodeJS.ProcessEnv = process.env): Environment {
  const problems: Problem[] = [];
  const address = (variable: string, fallback: URL) => {
    const given = variables[variable] ?? '';
    const parsed = parseAddress(given === '' ? fallback.href : given, fallback);
    // The value itself is not shown: it may hold a password.
    if (!parsed)
      problems.push({ path: `local: ${variable}`, message: `expected a URL such as ${fallback.href}` });
    return parsed ?? { protocol: '', host: '', port: 0, path: '' };
  };
  const postgres = address(
    'PORTCULLIS_DATABASE_URL',
    new URL(`postgres://127.0.0.1:${POSTGRES_DEFAULTS.port}/fintech`),
  );
  const redis = address('PORTCULLIS_REDIS_URL', new URL(`redis://127.0.0.1:${REDIS_DEFAULTS.port}`));
  if (problems.length > 0) throw new EnvironmentError(problems);

  return defineEnvironment({
    name: 'local',
    disposable: true,
    vault: { audit: 'server' },
    serviceCidrs: ['127.0.0.0/8', '::1/128'],
    postgres: {
      host: postgres.host,
      port: postgres.port,
      database: postgres.path || 'fintech',
      sslMode: isLoopback(postgres.host) ? 'disable' : 'verify-full',
    },
    redis: { host: redis.host, port: redis.port, tls: redis.protocol === 'rediss:' },
    // `npm start` names one anew each time, so that no server has it already.
    ...(variables.PORTCULLIS_VAULT_USER && { vaultUser: variables.PORTCULLIS_VAULT_USER }),
    backend: { kind: 'local', directory: variables.PORTCULLIS_STATE_DIR ?? '.portcullis/state' },
    encryption: { keyProvider: 'passphrase' },
    secretVersions: { apiConfig: 1, postgresAdminPassword: 1, redisBootstrapPassword: 1 },
  });
}
