import type { Command } from 'commander';
import { isUtf8 } from 'node:buffer';
import type { Config } from '../config/define-config';
import { loadConfig } from '../config/load-config';
import { readsConfig, type ConfigOption } from '../config/option';
import type { VaultClient } from '../engines/vault-client';
import { PortcullisError } from '../errors';
import { reasonOf } from '../options/reason';
import { fallsBackToSandbox } from '../sandbox/falls-back';
import { plain } from '../terminal/text';
import { vaultFromEnvironment } from '../connections/vault';

interface WhoisOptions extends ConfigOption {
  readonly reason: string;
  readonly json?: boolean;
}

/** Who a pseudonym stands for. */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
}

/** `portcullis whois`: exit code 0 resolved, 1 refused or no pseudonym of this environment. */
export function register(program: Command): void {
  fallsBackToSandbox(readsConfig(program.command('whois')), 'support')
    .description(
      'says who a pseudonym of the log is. Vault (VAULT_ADDR, VAULT_TOKEN) records who asked, when, and the reason in clear',
    )
    .argument('<pseudonym>', 'what the log has as `subject`, as in vault:v1:…')
    .requiredOption('--reason <text>', 'why you have to know, as in "ticket 4711": it stays in the audit log')
    .option('--json', 'one JSON object on standard output')
    .action(whois);
}

async function whois(pseudonym: string, { reason, json, config: file }: WhoisOptions): Promise<void> {
  const { config } = await loadConfig(file);
  const person = await resolve(vaultFromEnvironment(process.env), pseudonym, reason, config.vault);
  if (json) process.stdout.write(`${JSON.stringify({ pseudonym, ...person })}\n`);
  else console.log(`${plain(person.subject, 1_000)}\n  of ${plain(person.issuer, 1_000)}`);
}

/**
 * Has Vault decrypt one pseudonym.
 *
 * @throws PortcullisError `ERR_SETTING`, `ERR_VAULT_REFUSED`
 */
export async function resolve(
  vault: VaultClient,
  pseudonym: string,
  reason: string,
  { pseudonyms, pseudonymKey }: Pick<Config['vault'], 'pseudonyms' | 'pseudonymKey'>,
): Promise<Person> {
  if (!/^vault:v\d+:[A-Za-z0-9+/]+=*$/.test(pseudonym)) {
    throw new PortcullisError(
      'ERR_SETTING',
      `received ${JSON.stringify(pseudonym.slice(0, 100))} as a pseudonym`,
      'give what the log has as `subject`, whole: vault:v1:…',
    );
  }
  const why = reasonOf(reason);
  const path = `${pseudonyms}/decrypt/${pseudonymKey}`;
  const { data } = await vault.write(path, {
    ciphertext: pseudonym,
    // The context in which `runtime/src/secrets/transit/pseudonyms.ts` encrypts.
    context: Buffer.from('subject').toString('base64'),
    reason: why,
  });
  return personIn(data?.plaintext);
}

/** The text that `runtime/src/secrets/transit/pseudonyms.ts` encrypts, in base64: an issuer, a space, a subject. */
function personIn(plaintext: unknown): Person {
  const text = typeof plaintext === 'string' ? Buffer.from(plaintext, 'base64') : Buffer.alloc(0);
  const [, issuer, subject] = /^(\S+) (.+)$/su.exec(isUtf8(text) ? text.toString() : '') ?? [];
  if (issuer !== undefined && subject !== undefined && URL.canParse(issuer)) return { issuer, subject };
  throw new PortcullisError(
    'ERR_VAULT_REFUSED',
    'what Vault decrypted names nobody: no issuer and subject are in its answer',
    'see that VAULT_ADDR is the Vault itself, and that the config names the mount and the key of pseudonyms',
  );
}
