import {
  backChannelLogout,
  followRevocations,
  login,
  loginLimit,
  messagesOf,
  rateLimit,
  requireAuth,
  SecretsManager,
  watchOverrides,
  type AuthEvent,
  type LoginMiddleware,
  type LoginOptions,
  type RateLimitEvent,
} from '@portcullis/runtime';
import type { Preset } from '@portcullis/runtime/presets';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { policy } from '../policy';
import { configSchema } from '../vault-entries';
import { vaultNamesOf } from '../vault-names';
import { createApp } from './app';
import { redisUser, vaultLogin } from './aws';
import { databaseOf } from './database';
import { identityOf } from './identity';
import { createLogger, eventLog } from './log';
import { withPseudonym } from './pseudonyms';
import { sessionKeys } from './session-keys';
import { readSettings, type Settings } from './settings';
import { CONFIG_PATH, PSEUDONYM_KEY } from './vault-paths';

/** How long requests in flight may take after SIGTERM, in milliseconds. */
const SHUTDOWN_MS = 10_000;
/**
 * How long an idle connection stays open, in milliseconds: longer than at a load balancer (60 s at AWS'), which sends a
 * request into a connection that is just being closed otherwise, and answers 502.
 */
const KEEP_ALIVE_MS = 65_000;

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const logger = createLogger(settings.LOG_LEVEL);
  const tell = eventLog(logger);

  const asRole = vaultLogin(settings);
  const secrets = await SecretsManager.connect({
    policy,
    ...(asRole && { login: asRole }),
    onEvent: tell,
  });
  const settled = await secrets.watchKv(CONFIG_PATH, configSchema);
  const config = settled.current;
  const database = secrets.postgresPool(vaultNamesOf(policy).databaseRole, databaseOf(config, settings));
  const redis = secrets.redisClient(redisUser(settings), {
    host: settings.REDIS_HOST,
    port: settings.REDIS_PORT,
  });

  const { TRUSTED_PROXIES: trustedProxies } = settings;
  const fromNetworks = trustedProxies === undefined ? {} : { trustedProxies };
  const pseudonyms = secrets.pseudonyms(PSEUDONYM_KEY);
  const identity = identityOf(settings);
  const { issuer, jwksUri } = identity.verify;
  // The log names nobody: a subject is told by its pseudonym.
  const onEvent = (event: AuthEvent | RateLimitEvent): void =>
    void withPseudonym(pseudonyms, issuer, event).then(tell);
  const revocations = followRevocations({ policy, redis, issuers: [issuer], onEvent });
  const { OAUTH_CLIENT_ID: clientId } = settings;
  const logout =
    clientId === undefined
      ? undefined
      : backChannelLogout({ issuer, ...(jwksUri && { jwksUri }), clientId, revocations, onEvent });

  const overrides = await watchOverrides(secrets, policy, { onEvent });
  const limiter = rateLimit({
    policy,
    redis,
    overrides,
    ...fromNetworks,
    // For the busiest clients, most calls are decided without a round trip.
    reserved: { tiers: ['enterprise'] },
    onEvent,
  });
  const auth = requireAuth({
    policy,
    ...identity.verify,
    ...(settings.OAUTH_AUDIENCE && { audience: settings.OAUTH_AUDIENCE }),
    revocations,
    limiter,
    onEvent,
  });
  const people = loginFor(settings, identity, {
    clientSecret: config.oauth_client_secret,
    encryptionKeys: sessionKeys(settled),
    ...{ redis, revocations, onEvent },
  });

  const app = createApp({
    logger,
    pseudonyms,
    requestLog: { requestIdHeader: settings.REQUEST_ID_HEADER },
    database,
    signingKeys: () => {
      const [newest, ...others] = settled.accepted;
      return [newest.jwt_signing_key, ...others.map((before) => before.jwt_signing_key)];
    },
    auth,
    limiter,
    overrides,
    login: people,
    loginLimit: people && loginLimit({ name: policy.name, redis, ...fromNetworks, onEvent }),
    revocations,
    backChannelLogout: logout,
    provider: issuer,
    release: settings.RELEASE,
    checks: {
      vault: () => secrets.readiness().ready,
      identity: () => auth.readiness().ready,
      postgres: async () => (await database.query('select 1')).rowCount === 1,
    },
  });

  const server = createServer(messagesOf(app), app);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(settings.PORT, settings.HOST, () => {
    const { address, port } = server.address() as AddressInfo;
    logger.info({ type: 'listening', address, port, policy: policy.name }, 'listening');
  });

  process.on('SIGUSR2', () => {
    secrets.rotate().catch((error: unknown) => logger.error({ err: error }, 'rotation failed'));
  });
  const stop = (signal: string): void => {
    logger.info({ type: 'stopping', signal }, 'stopping');
    void closeServer(server)
      .then(() => revocations.close())
      .then(() => limiter.close())
      .then(() => secrets.close())
      .then(() => logger.info({ type: 'stopped' }, 'stopped'))
      .finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** For people with a browser, where the provider knows this app as a client. */
function loginFor(
  settings: Settings,
  identity: Preset,
  parts: Pick<LoginOptions, 'clientSecret' | 'encryptionKeys' | 'redis' | 'revocations' | 'onEvent'>,
): LoginMiddleware | undefined {
  const { OAUTH_CLIENT_ID: clientId, OAUTH_REDIRECT_URI: redirectUri } = settings;
  if (clientId === undefined || redirectUri === undefined) return undefined;
  return login({
    policy,
    ...identity.login,
    ...(settings.OAUTH_AUDIENCE && { resource: settings.OAUTH_AUDIENCE }),
    clientId,
    redirectUri,
    ...parts,
  });
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), SHUTDOWN_MS);
  await closed;
  clearTimeout(force);
}

main().catch((error: unknown) => {
  // The logger may not exist yet. One plain line is enough for a wrong setting, without a stack trace.
  console.error(error instanceof Error ? `fintech-api: ${error.message}` : 'fintech-api: failed to start');
  process.exit(1);
});
