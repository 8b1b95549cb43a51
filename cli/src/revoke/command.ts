import {
  addRevocation,
  RevocationInvalidError,
  RevocationNotStoredError,
  type Revocation,
} from '@portcullis/runtime';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { loadConfig } from '../config/load-config';
import { readsConfig, type ConfigOption } from '../config/option';
import { PortcullisError, messageOf } from '../errors';
import { issuerOf, takesIssuer, type IssuerOption } from '../options/issuer';
import { withLeasedRedis } from '../connections/leased-redis';
import { confirmed } from '../terminal/question';
import { reasonOf } from '../options/reason';
import { fallsBackToSandbox } from '../sandbox/falls-back';
import { LONGEST_TOKEN, revocationOf } from './revoked-token';

interface RevokeOptions extends ConfigOption, IssuerOption {
  readonly tokenFile?: string;
  readonly subject?: string;
  readonly session?: string;
  readonly org?: string;
  readonly reason: string;
  readonly json?: boolean;
  readonly yes?: boolean;
}

/** `portcullis revoke`: exit code 0 revoked, 1 not possible, 2 not confirmed or called wrongly. */
export function register(program: Command): void {
  fallsBackToSandbox(takesIssuer(readsConfig(program.command('revoke'))), 'support')
    .description(
      'refuses a token, or all that a session, a person or an organisation was issued so far, within a second on every instance. Redis by VAULT_ADDR, VAULT_TOKEN and REDIS_HOST: Vault then records who asked, and the reason; or by REDIS_URL',
    )
    .option(
      '--token-file <path>',
      'holds the access token (default: standard input, where nothing else is named)',
    )
    .option('--session <sid>', 'all of a session of the identity provider')
    .option('--subject <sub>', 'all of a person or a client: they have to log in again')
    .option('--org <org_id>', 'all of an organisation: everybody in it has to log in again')
    .requiredOption('--reason <text>', 'why, for whoever looks at it later: it stays in the audit log')
    .option('--json', 'one JSON object on standard output')
    .option('--yes', 'with --org: do not ask')
    .action(revoke);
}

async function revoke(options: RevokeOptions): Promise<void> {
  const { config } = await loadConfig(options.config);
  const reason = reasonOf(options.reason);
  const issuer = issuerOf(config, options);
  const { what, revocation } = await named(options, issuer);
  const question = `Everybody in ${JSON.stringify(options.org)} of ${issuer} will have to log in again. Revoke?`;
  if (options.org !== undefined && options.yes !== true && !(await confirmed(question))) {
    console.error('portcullis: nothing was revoked');
    process.exitCode = 2;
    return;
  }
  const { policy, vault } = config;
  const role = { mount: vault.database, role: vault.revokeRole, reason };
  await withLeasedRedis(process.env, role, async (redis) => {
    await addRevocation({ policy, redis, issuers: [issuer] }, revocation).catch((error: unknown) => {
      throw unable(error);
    });
  });
  if (process.env.REDIS_URL)
    console.error('portcullis: by REDIS_URL, so no audit log has who asked, and why');
  if (options.json) console.log(JSON.stringify({ revoked: what, issuer, reason }));
  else console.log(`Revoked: ${what}. Every instance that reaches this Redis refuses it within a second.`);
}

/** What is revoked, and how it is called in an answer: a token's ID, and nothing of the token. */
async function named(
  { tokenFile, subject, session, org }: RevokeOptions,
  issuer: string,
): Promise<{ what: string; revocation: Revocation }> {
  const given = Object.entries({ tokenFile, subject, session, org }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length > 1) {
    throw new PortcullisError(
      'ERR_SETTING',
      'several of --token-file, --session, --subject and --org are given',
      'give one of them',
    );
  }
  if (subject !== undefined) return { what: `subject ${subject}`, revocation: { issuer, subject } };
  if (session !== undefined) return { what: `session ${session}`, revocation: { issuer, sid: session } };
  if (org !== undefined) return { what: `organisation ${org}`, revocation: { issuer, organisation: org } };
  const revocation = revocationOf(await tokenFrom(tokenFile), issuer);
  return { what: `token ${'jti' in revocation ? revocation.jti : ''}`, revocation };
}

async function tokenFrom(file: string | undefined): Promise<string> {
  if (file !== undefined) {
    return readFile(file, 'utf8').catch((cause: unknown) => {
      throw new PortcullisError(
        'ERR_SETTING',
        `--token-file: ${messageOf(cause)}`,
        'name a file that can be read',
        {
          cause,
        },
      );
    });
  }
  if (process.stdin.isTTY) console.error('portcullis: give the token, and end it by Ctrl-D');
  let token = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    token += String(chunk);
    if (token.length > LONGEST_TOKEN) break;
  }
  return token;
}

function unable(error: unknown): unknown {
  if (error instanceof RevocationInvalidError)
    return new PortcullisError('ERR_SETTING', error.message, 'name it as the tokens do', { cause: error });
  if (!(error instanceof RevocationNotStoredError)) return error;
  return new PortcullisError(
    'ERR_UNREACHABLE',
    `Redis did not confirm it: ${messageOf(error.cause ?? error)}`,
    'revoke it again; its user has to be allowed XADD on portcullis:*:revocations',
    { cause: error },
  );
}
