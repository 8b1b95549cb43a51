import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { choosePort, LOOPBACK, onPort } from '../ports';
import type { Run } from '../run';
import { Server } from './server';
import { VaultClient } from './vault-client';

export interface OpenBaoOptions {
  /** A `bao` or a `vault` binary. */
  readonly binary: string;
  /** Default: a free loopback port. */
  readonly port?: number | undefined;
}

/** Where a Vault-compatible server is, and the token that may do everything on it. */
export interface VaultAdmin {
  readonly address: string;
  readonly rootToken: string;
  /** Whether its audit devices are set by its configuration (OpenBao) or through its API (Vault). */
  readonly auditedBy: 'configuration' | 'api';
}

export type OpenBaoServer = Server &
  VaultAdmin & {
    readonly auditFiles: readonly [string, string];
    /** Seals the server: every request is answered 503 until `unseal()` or `restart()`. */
    seal(): Promise<void>;
    unseal(): Promise<void>;
  };

interface Configuration {
  readonly port: number;
  readonly clusterPort: number;
  readonly folder: string;
  readonly auditFiles: readonly string[];
}

/** The server's configuration. On loopback without TLS; OpenBao takes its audit devices from here only. */
export function openBaoConfiguration(
  { port, clusterPort, folder, auditFiles }: Configuration,
  isOpenBao: boolean,
): string {
  const address = `${LOOPBACK}:${port}`;
  const audit = auditFiles.map((file, index) =>
    [`audit "file" "file-${index + 1}" {`, `  options { file_path = ${JSON.stringify(file)} }`, '}'].join(
      '\n',
    ),
  );
  return [
    `listener "tcp" {\n  address = "${address}"\n  tls_disable = true\n}`,
    // One node of Raft: the storage of production, and the only one on disk that OpenBao 2.7 still has.
    `storage "raft" {\n  path = ${JSON.stringify(join(folder, 'data'))}\n  node_id = "local"\n  performance_multiplier = 1\n}`,
    `api_addr = "http://${address}"`,
    `cluster_addr = "http://${LOOPBACK}:${clusterPort}"`,
    // OpenBao never locks memory; Vault does, unless told, and few containers allow it.
    ...(isOpenBao ? audit : ['disable_mlock = true']),
    '',
  ].join('\n\n');
}

/**
 * Starts a real server: initialized, unsealed, storage on disk, two audit files; not `-dev`, so that sealing,
 * restarting and auditing behave as in production. The unseal key and the root token stay in our memory.
 * @throws LocalError `port_in_use`, `server_failed`
 */
export async function startOpenBao(
  run: Run,
  { binary, port: asked }: OpenBaoOptions,
): Promise<OpenBaoServer> {
  const folder = await run.subfolder('openbao');
  await mkdir(join(folder, 'data'));
  const isOpenBao = await isOpenBaoBinary(binary);
  const auditFiles = [join(folder, 'audit-1.log'), join(folder, 'audit-2.log')] as const;

  return onPort(asked, 'OpenBao', async (port) => {
    const address = `http://${LOOPBACK}:${port}`;
    const configuration = join(folder, 'server.hcl');
    const clusterPort = await choosePort(undefined, 'Raft');
    await writeFile(
      configuration,
      openBaoConfiguration({ port, clusterPort, folder, auditFiles }, isOpenBao),
      { mode: 0o600 },
    );

    const anonymous = new VaultClient(address);
    let keys: InitKeys | undefined;
    const unseal = async (): Promise<void> => {
      await anonymous.write('sys/unseal', { key: keys?.keys_base64[0] });
    };
    const server = await Server.start(run, {
      process: {
        name: 'openbao',
        command: binary,
        args: ['server', `-config=${configuration}`],
        env: { PATH: process.env.PATH, HOME: folder },
      },
      answers: async () => {
        keys ??= await anonymous.write<InitKeys>('sys/init', { secret_shares: 1, secret_threshold: 1 });
        if ((await anonymous.health()) === 'sealed') await unseal();
        if ((await anonymous.health()) !== 'active') throw new Error('not active yet');
      },
    });
    const rootToken = keys?.root_token ?? '';
    return Object.assign(server, {
      address,
      rootToken,
      auditedBy: isOpenBao ? ('configuration' as const) : ('api' as const),
      auditFiles,
      seal: async () => {
        await new VaultClient(address, rootToken).write('sys/seal');
      },
      unseal,
    });
  });
}

interface InitKeys {
  readonly keys_base64: readonly string[];
  readonly root_token: string;
}

/** OpenBao and Vault name themselves in the first word of `version`. */
async function isOpenBaoBinary(binary: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)(binary, ['version']);
  return stdout.startsWith('OpenBao');
}
