/** Which servers of the user's own `npm start` is to use: by flag, or by a variable of Portcullis' own name. */
import { isHttpsOrLoopback, isLoopback, shownAddress } from '@portcullis/runtime/policy';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../errors';
import { refusal, type Obstacle } from './obstacle';

/** As given on the command line. */
export interface GivenFlags {
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  readonly vaultAddr?: string;
  readonly vaultTokenFile?: string;
  readonly oidcIssuerUrl?: string;
}

export interface GivenVault {
  readonly address: string;
  readonly token: string;
}

export interface GivenIdentity {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the provider sends people back to; nobody can log in without. */
  readonly redirectUri?: string;
}

/** Servers of the user's own. What is left out, `npm start` starts itself. */
export interface GivenServers {
  readonly vault?: GivenVault;
  /** Superuser's URL of the maintenance database. */
  readonly databaseUrl?: string;
  /** Administrator's URL. */
  readonly redisUrl?: string;
  readonly identity?: GivenIdentity;
}

/** Adds the flags to a command, with what each of them does. */
export function addGivenOptions(command: Command): Command {
  return command
    .option(
      '--database-url <url>',
      'PostgreSQL of your own on this machine, as a superuser; its password in PORTCULLIS_DATABASE_PASSWORD (or all of it in PORTCULLIS_DATABASE_URL)',
    )
    .option(
      '--redis-url <url>',
      'Redis of your own on this machine, as an administrator; its password in PORTCULLIS_REDIS_PASSWORD (or all of it in PORTCULLIS_REDIS_URL)',
    )
    .option(
      '--vault-addr <url>',
      'Vault or OpenBao of your own on this machine (or PORTCULLIS_VAULT_ADDR); its token in PORTCULLIS_VAULT_TOKEN, the file of a certificate authority of your own in NODE_EXTRA_CA_CERTS',
    )
    .option('--vault-token-file <file>', 'file that holds that token')
    .option(
      '--oidc-issuer-url <url>',
      'identity provider of your own (or PORTCULLIS_OIDC_ISSUER_URL); its client in PORTCULLIS_OAUTH_CLIENT_ID, PORTCULLIS_OAUTH_CLIENT_SECRET and PORTCULLIS_OAUTH_REDIRECT_URI',
    );
}

/**
 * Reads flags and variables; a flag wins.
 * @throws PortcullisError `ERR_SETTING` with everything that is wrong or missing
 */
export async function readGivenServers(flags: GivenFlags, env: NodeJS.ProcessEnv): Promise<GivenServers> {
  const obstacles: Obstacle[] = [];
  const databaseUrl = serverUrl('DATABASE', ['postgres:', 'postgresql:'], flags.databaseUrl, env, obstacles);
  const redisUrl = serverUrl('REDIS', ['redis:'], flags.redisUrl, env, obstacles);
  const vault = await vaultOf(flags, env, obstacles);
  const identity = identityOf(flags, env, obstacles);
  if (obstacles.length > 0) throw refusal('ERR_SETTING', obstacles);
  return {
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(redisUrl !== undefined && { redisUrl }),
    ...(vault && { vault }),
    ...(identity && { identity }),
  };
}

/** A URL by flag or variable, with the password of its own variable in it. */
function serverUrl(
  kind: 'DATABASE' | 'REDIS',
  protocols: readonly string[],
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  obstacles: Obstacle[],
): string | undefined {
  const variable = `PORTCULLIS_${kind}_URL`;
  const name = flag === undefined ? variable : `--${kind.toLowerCase()}-url`;
  const text = flag ?? env[variable];
  if (!text) return undefined;
  const example = `${protocols[0] ?? ''}//user@127.0.0.1`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !protocols.includes(url.protocol) || url.hostname === '') {
    obstacles.push({ problem: `${name} is no such URL`, remedy: `give one such as ${example}` });
    return undefined;
  }
  const found = [
    onThisMachine(url),
    withoutParameters(url),
    kind === 'REDIS' ? databaseZero(url) : undefined,
  ];
  obstacles.push(...about(name, found));
  if (flag !== undefined && url.password !== '') {
    obstacles.push({
      problem: `${name} holds a password, which everybody on this machine can see in the list of processes`,
      remedy: `leave it out and set PORTCULLIS_${kind}_PASSWORD, or give the whole URL in ${variable}`,
    });
  }
  const password = env[`PORTCULLIS_${kind}_PASSWORD`];
  if (password) url.password = encodeURIComponent(password);
  return url.href;
}

/** The obstacles that there are, each with what it is about. */
function about(name: string, found: readonly (Obstacle | undefined)[]): Obstacle[] {
  return found.flatMap((one) => (one ? [{ ...one, problem: `${name}: ${one.problem}` }] : []));
}

/** What is deployed speaks to these servers in the clear, and Vault lets the API in from loopback only. */
function onThisMachine(url: URL): Obstacle | undefined {
  if (isLoopback(url.hostname)) return undefined;
  return {
    problem: `${url.hostname} is not on this machine`,
    remedy:
      'give a server on 127.0.0.1, ::1 or localhost: npm start tries things out and deploys nothing elsewhere',
  };
}

/** A parameter could name another host, user or password than the URL does. */
function withoutParameters(url: URL): Obstacle | undefined {
  const more = [...url.searchParams].filter(
    ([name, value]) => name !== 'sslmode' || !['disable', 'prefer'].includes(value),
  );
  if (more.length === 0) return undefined;
  return {
    problem: `the URL has parameters: ${more.map(([name]) => name).join(', ')}`,
    remedy: 'leave them out; sslmode=disable alone is understood',
  };
}

/** Vault and the API know host and port of a Redis alone: what they write goes to its database 0. */
function databaseZero({ pathname }: URL): Obstacle | undefined {
  if (['', '/', '/0'].includes(pathname)) return undefined;
  return {
    problem: `the URL has ${/^\/\d+$/.test(pathname) ? `the path ${pathname}` : 'a path'}`,
    remedy: 'leave the path out: database 0 is used, whose keys begin with portcullis:',
  };
}

/** Vault is asked at its root, with a token. */
function originOnly({ username, password, pathname, search }: URL): Obstacle | undefined {
  if (!username && !password && pathname === '/' && !search) return undefined;
  return {
    problem: 'the URL has more than a host and a port',
    remedy: 'give one such as http://127.0.0.1:8200',
  };
}

async function vaultOf(
  flags: GivenFlags,
  env: NodeJS.ProcessEnv,
  obstacles: Obstacle[],
): Promise<GivenVault | undefined> {
  const name = flags.vaultAddr === undefined ? 'PORTCULLIS_VAULT_ADDR' : '--vault-addr';
  const address = flags.vaultAddr ?? env.PORTCULLIS_VAULT_ADDR;
  if (!address) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    obstacles.push({ problem: `${name} is no http(s) URL: ${shownAddress(address)}`, remedy: 'mend it' });
  } else {
    obstacles.push(...about(name, [onThisMachine(url), originOnly(url)]));
  }
  let token = env.PORTCULLIS_VAULT_TOKEN;
  if (flags.vaultTokenFile !== undefined) {
    token = await readFile(flags.vaultTokenFile, 'utf8').catch((error: unknown) => {
      obstacles.push({
        problem: `--vault-token-file: ${messageOf(error)}`,
        remedy: 'name a file with the token',
      });
      return '-';
    });
  }
  if (!token?.trim()) {
    obstacles.push({
      problem: `${name} is set, but there is no token for it`,
      remedy:
        'set PORTCULLIS_VAULT_TOKEN, or name a file with --vault-token-file, to a token that may deploy',
    });
  }
  return { address: url?.origin ?? address, token: token?.trim() ?? '' };
}

function identityOf(
  flags: GivenFlags,
  env: NodeJS.ProcessEnv,
  obstacles: Obstacle[],
): GivenIdentity | undefined {
  const issuer = flags.oidcIssuerUrl ?? env.PORTCULLIS_OIDC_ISSUER_URL;
  if (!issuer) return undefined;
  const {
    PORTCULLIS_OAUTH_CLIENT_ID: clientId,
    PORTCULLIS_OAUTH_CLIENT_SECRET: clientSecret,
    PORTCULLIS_OAUTH_REDIRECT_URI: redirectUri,
  } = env;
  if (!clientId || !clientSecret) {
    obstacles.push({
      problem: 'an identity provider is named, but no client of it',
      remedy:
        'set PORTCULLIS_OAUTH_CLIENT_ID and PORTCULLIS_OAUTH_CLIENT_SECRET to a client that may use client credentials',
    });
  }
  if (!isHttpsOrLoopback(issuer)) {
    obstacles.push({
      problem: `the identity provider at ${shownAddress(issuer)} would get its client's secret in the clear`,
      remedy: 'name it with https',
    });
  }
  return {
    issuer,
    clientId: clientId ?? '',
    clientSecret: clientSecret ?? '',
    ...(redirectUri && { redirectUri }),
  };
}
