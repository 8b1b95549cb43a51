import { isHttpsOrLoopback, shownAddress, vaultAddressProblem } from '@portcullis/runtime/policy';
import { z } from 'zod';
import type { Config } from '../../config/define-config';
import { VaultClient, VaultError } from '../../engines/vault-client';
import { messageOf, PortcullisError } from '../../errors';
import { withLeasedRedis } from '../../connections/leased-redis';
import type { IdentityFacts, Target, VaultFacts } from '../judge/target';

const TIMEOUT_MS = 5_000;

/** Asks the servers of an environment; it changes nothing there. */
export async function lookAtTarget(
  config: Pick<Config, 'policy' | 'environments' | 'vault'>,
  environment: string,
  env: NodeJS.ProcessEnv,
): Promise<Target> {
  const known = config.environments[environment];
  const issuer = known?.issuer ?? config.policy.issuer;
  const address = known?.vaultAddress ?? env.VAULT_ADDR;
  const [vault, identity, redis] = await Promise.all([
    address === undefined || address === ''
      ? undefined
      : reached(() => askVault(address.replace(/\/$/, ''), env)),
    reached(() => askIdentity(issuer)),
    askRedis(config.vault, known?.redis, env, address),
  ]);
  return { environment, vault, issuer, identity, redis };
}

async function reached<T>(ask: () => Promise<T>): Promise<T | { readonly unreachable: string }> {
  try {
    return await ask();
  } catch (error) {
    return { unreachable: error instanceof PortcullisError ? error.problem : messageOf(error) };
  }
}

const STATES: Readonly<Record<number, VaultFacts['state']>> = {
  ...{ 200: 'active', 429: 'standby', 472: 'standby', 473: 'standby', 501: 'uninitialized', 503: 'sealed' },
};

const health = z.object({ initialized: z.boolean(), sealed: z.boolean() });

async function askVault(address: string, env: NodeJS.ProcessEnv): Promise<VaultFacts> {
  // Before fetch(), which quotes an address with a password in it.
  const problem = vaultAddressProblem(address);
  if (problem !== undefined) throw new Error(`its address ${problem}`);
  const response = await fetch(`${address}/v1/sys/health`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  // A web server or a balancer answers with such a status as well.
  const isVault = health.safeParse(await response.json().catch(() => undefined)).success;
  const state = (isVault ? STATES[response.status] : undefined) ?? 'other';
  const token = env.VAULT_TOKEN?.trim() ?? '';
  const nothing = { address, state, auditDevices: undefined };
  if (token === '' || (state !== 'active' && state !== 'standby')) return { ...nothing, token: 'none' };
  if (!isHttpsOrLoopback(address)) return { ...nothing, token: 'not asked' };
  if (isOfAnother(address, env)) return { ...nothing, token: 'of another Vault' };
  const vault = new VaultClient(address, token, env.VAULT_NAMESPACE);
  const ttl = await refusedAs('refused' as const, async () =>
    Number((await vault.read('auth/token/lookup-self')).data?.ttl),
  );
  if (ttl === 'refused') return { ...nothing, token: 'refused' };
  const auditDevices = await refusedAs(
    undefined,
    async () => Object.keys((await vault.read('sys/audit')).data ?? {}).length,
  );
  return { address, state, token: { ttlSeconds: ttl }, auditDevices };
}

/** Whether the token of the shell is for another Vault than the one of the environment: that one must not learn it. */
function isOfAnother(address: string, { VAULT_ADDR: own }: NodeJS.ProcessEnv): boolean {
  if (!own || !URL.canParse(own)) return false;
  return new URL(own).origin !== new URL(address).origin;
}

async function refusedAs<T, R>(refused: R, ask: () => Promise<T>): Promise<T | R> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof VaultError && error.status < 500) return refused;
    throw error;
  }
}

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url().optional() });
const jwks = z.object({ keys: z.array(z.unknown()) });

async function askIdentity(issuer: string): Promise<IdentityFacts> {
  const { username, password } = new URL(issuer);
  if (username || password)
    throw new Error(`its address holds a user or a password: leave them out of ${shownAddress(issuer)}`);
  const { issuer: named, jwks_uri: uri } = discovery.parse(
    await json(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
  );
  if (uri === undefined || !isHttpsOrLoopback(uri)) return { issuer: named, keys: undefined };
  return { issuer: named, keys: jwks.parse(await json(uri)).keys.length };
}

/** Follows no redirect, as the runtime does not: else this would find right what refuses every token. */
async function json(url: string): Promise<unknown> {
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.ok) return response.json().catch(() => Promise.reject(new Error(`${url} answered no JSON`)));
  await response.body?.cancel();
  throw new Error(`${url} answered ${response.status}`);
}

/** Whoever may look at limits may run INFO. */
async function askRedis(
  { database, supportRole }: Config['vault'],
  redis: { readonly host: string; readonly port?: number } | undefined,
  env: NodeJS.ProcessEnv,
  address: string | undefined,
): Promise<Target['redis']> {
  const host = redis?.host ?? env.REDIS_HOST;
  if (!env.REDIS_URL && !host) return undefined;
  if (address !== undefined && isOfAnother(address, env))
    return { unreachable: 'VAULT_ADDR names another Vault than the config, and its token is not sent there' };
  const port = redis?.port === undefined ? {} : { REDIS_PORT: String(redis.port) };
  const variables = {
    ...env,
    ...(address !== undefined && { VAULT_ADDR: address }),
    ...(host !== undefined && { REDIS_HOST: host }),
    ...port,
  };
  return reached(() =>
    withLeasedRedis(variables, { mount: database, role: supportRole }, async (client) => ({
      policy: /maxmemory_policy:(\S+)/.exec(await client.info('memory'))?.[1] ?? 'unknown',
    })),
  );
}
