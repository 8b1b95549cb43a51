/** An environment's OpenBao, and its stack applied to it: neither knows that it is not production. */
import { App } from 'cdktf';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineCache } from '../../cli/src/engines/install/cache';
import { findOpenBao } from '../../cli/src/engines/programs/openbao';
import { engineEnvironment, findOpenTofu } from '../../cli/src/engines/programs/opentofu';
import { provideProviders, VAULT_PROVIDER } from '../../cli/src/engines/programs/providers';
import type { Run } from '../../cli/src/engines/process/run';
import { startOpenBao, type OpenBaoServer } from '../../cli/src/local/servers/openbao';
import { policy } from '../../policy';
import type { AwsEnvironment, Environment } from '../../stacks/environments/define-environment';
import { VaultStack } from '../../stacks/vault-stack';
import type { Certificates } from '../support/certificates';

const PASSPHRASE = 'of-no-environment-that-exists';

export interface VaultOptions {
  /** Where it speaks TLS, besides loopback. */
  readonly host: string;
  readonly certificates: Certificates;
  /** Addresses of the names that it asks for: the database, the issuer of AWS' tokens. */
  readonly hosts: ReadonlyMap<string, string>;
}

export async function startVault(
  run: Run,
  { host, certificates, hosts }: VaultOptions,
): Promise<OpenBaoServer> {
  const folder = await run.subfolder('vault-tls');
  const binary = join(folder, 'bao');
  const known = join(folder, 'hosts');
  const found = await findOpenBao({ run, cache: new EngineCache(), note: () => undefined });
  await writeFile(
    known,
    ['127.0.0.1 localhost', ...[...hosts].map(([name, address]) => `${address} ${name}`), ''].join('\n'),
  );
  // Names and authorities of its own: it has to find, and to trust, what no DNS and no public authority knows.
  await writeFile(
    binary,
    [
      '#!/bin/sh',
      `export SSL_CERT_FILE='${certificates.authority}'`,
      // Where it sends whoever asks before it is active.
      `export BAO_API_ADDR='https://${[...hosts].find(([, address]) => address === host)?.[0] ?? host}'`,
      `exec unshare --mount sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' '${known}' '${found}' "$@"`,
      '',
    ].join('\n'),
  );
  await chmod(binary, 0o700);
  const more = `
listener "tcp" {
  address         = "${host}:443"
  cluster_address = "${host}:444"
  tls_cert_file   = "${certificates.certificate}"
  tls_key_file    = "${certificates.key}"
}
`;
  return startOpenBao(run, { binary, more });
}

/** What the stack asks for, by the names of its variables. */
export interface VaultSecrets {
  readonly fintech_api_config: Readonly<Record<string, string>>;
  readonly postgres_admin_password: string;
}

/**
 * Applies `vault-<environment>`, without the sign-in of GitHub's jobs, whose issuer is none of these servers.
 * @throws PortcullisError with what the engine said
 */
export async function applyVaultStack(
  run: Run,
  vault: OpenBaoServer,
  environment: AwsEnvironment,
  secrets: VaultSecrets,
): Promise<void> {
  const folder = await run.subfolder('vault-stack');
  const context = { run, cache: new EngineCache(), note: () => undefined };
  const command = await findOpenTofu(context);
  const mirror = await provideProviders(context, command, [VAULT_PROVIDER]);
  synthesize(command, join(folder, 'out'), {
    ...environment,
    delivery: undefined,
    // The state of a test is the test's own.
    backend: { kind: 'local', directory: folder },
    encryption: { keyProvider: 'passphrase' },
  });
  for (const args of [['init'], ['apply', '-auto-approve']]) {
    await run.complete(
      {
        name: `vault-${args[0] ?? ''}`,
        command,
        args: [...args, '-input=false', '-no-color'],
        cwd: join(folder, 'out', 'stacks', `vault-${environment.name}`),
        env: {
          ...engineEnvironment(),
          ...(mirror !== undefined && { TF_CLI_CONFIG_FILE: mirror }),
          VAULT_ADDR: vault.address,
          VAULT_TOKEN: vault.rootToken,
          TF_VAR_state_passphrase: PASSPHRASE,
          TF_VAR_fintech_api_config: JSON.stringify(secrets.fintech_api_config),
          TF_VAR_postgres_admin_password: secrets.postgres_admin_password,
        },
      },
      { code: 'ERR_DEPLOY', remedy: 'mend what the engine says' },
    );
  }
}

function synthesize(engine: string, outdir: string, environment: Environment): void {
  const { TERRAFORM_BINARY_NAME: before } = process.env;
  // What cdktf tells the app: only OpenTofu encrypts its state.
  process.env.TERRAFORM_BINARY_NAME = engine;
  try {
    const app = new App({ outdir });
    new VaultStack(app, { policy, environment });
    app.synth();
  } finally {
    if (before === undefined) delete process.env.TERRAFORM_BINARY_NAME;
    else process.env.TERRAFORM_BINARY_NAME = before;
  }
}
