import type { Command } from 'commander';
import { shownAddress } from '@portcullis/runtime/policy';
import { TokenRefusedError, tokensFrom, type Token } from '../connections/client-tokens';
import { loadConfig } from '../config/load-config';
import { readsConfig, type ConfigOption } from '../config/option';
import { messageOf, PortcullisError } from '../errors';
import { findSandbox } from '../sandbox/find-sandbox';
import { clientOf, type NamedClient } from './client-of';
import { typed } from '../terminal/command-name';

interface TokenOptions extends ConfigOption {
  readonly environment?: string;
  readonly scope?: readonly string[];
  readonly json?: boolean;
}

const TIMEOUT_MS = 10_000;

/** `portcullis token`: exit code 0 printed, 1 not possible. */
export function register(program: Command): void {
  readsConfig(program.command('token'))
    .description(
      `prints an access token of a client, and nothing else: curl -H "Authorization: Bearer $(${typed('token pro -e staging')})". ` +
        'Its secret is in the environment variable that the config names',
    )
    .argument('<tier|client>', 'a tier that has a client, or a client ID')
    .option(
      '-e, --environment <name>',
      'the environment whose issuer is asked (default: what was started from this repository and runs on this machine)',
    )
    .option('--scope <scope...>', 'what it grants (default: all that the client can get)')
    .option('--json', 'one JSON object on standard output: token, expiresAt, scopes, clientId, issuer')
    .action(token);
}

async function token(name: string, options: TokenOptions): Promise<void> {
  const { config, folder } = await loadConfig(options.config);
  const named = await clientOf(name, {
    config,
    environment: options.environment,
    sandbox: await findSandbox(folder),
    variables: process.env,
  });
  const { value, scopes, expiresAt } = await request(named, options.scope ?? named.scopes);
  const { environment, issuer, client } = named;
  const facts = { environment, issuer, clientId: client.clientId, scopes };
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...facts, expiresAt: new Date(expiresAt).toISOString(), token: value }, null, 2)}\n`
      : `${value}\n`,
  );
}

async function request(named: NamedClient, scopes: readonly string[]): Promise<Token> {
  const { issuer, parameters, client, secretIn } = named;
  const source = await tokensFrom({ issuer, parameters, clients: { [client.clientId]: client } }, TIMEOUT_MS);
  try {
    return await source.token(client.clientId, scopes);
  } catch (cause) {
    throw new PortcullisError(
      cause instanceof TokenRefusedError ? 'ERR_SETTING' : 'ERR_UNREACHABLE',
      `${shownAddress(issuer)} gave client ${JSON.stringify(client.clientId)} no token: ${messageOf(cause)}`,
      remedyOf(cause, secretIn),
      { cause },
    );
  }
}

/** By RFC 6749 §5.2, RFC 8707 §2. */
function remedyOf(error: unknown, secretIn: string): string {
  if (!(error instanceof TokenRefusedError)) return 'start the issuer, or mend `issuer` of the environment';
  switch (error.reason) {
    case 'invalid_client':
      return `see that ${secretIn} holds the secret that this client has now`;
    case 'unauthorized_client':
      return 'allow it client credentials at the issuer, or name another client';
    case 'invalid_scope':
      return 'name scopes by --scope that the issuer lets it have';
    case 'invalid_target':
      return "give the issuer an API with the policy's audience, or name `verify.parameters` in portcullis.config.ts";
    default:
      return "look into the issuer's log";
  }
}
