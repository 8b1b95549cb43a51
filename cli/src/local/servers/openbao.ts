import type { AuditFile } from '@portcullis/constructs';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { poll } from '../../engines/process/poll';
import { LOOPBACK, onPort } from '../../engines/process/ports';
import type { Run } from '../../engines/process/run';
import { Server } from './server';
import { VaultClient } from '../../engines/vault-client';

export interface OpenBaoOptions {
  /** A `bao` or a `vault` binary. */
  readonly binary: string;
  /** @default a free loopback port */
  readonly port?: number | undefined;
  /** More of the server's own configuration, as HCL: a listener with TLS. */
  readonly more?: string;
  /** Whether it has two audit files. @default true */
  readonly audited?: boolean;
}

/** Where a Vault-compatible server is, and the token that may do everything on it. */
export interface VaultAdmin {
  readonly address: string;
  readonly rootToken: string;
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
  readonly dataFolder: string;
  /** What differs between OpenBao and Vault. */
  readonly own: string;
}

/** The server's configuration: on loopback, without TLS. */
export function serverConfiguration({ port, clusterPort, dataFolder, own }: Configuration): string {
  const address = `${LOOPBACK}:${port}`;
  return [
    `listener "tcp" {\n  address = "${address}"\n  cluster_address = "${LOOPBACK}:${clusterPort}"\n  tls_disable = true\n}`,
    // One node of Raft: production's storage, and the only storage on disk that OpenBao 2.7 still has.
    `storage "raft" {\n  path = ${JSON.stringify(dataFolder)}\n  node_id = "local"\n  performance_multiplier = 1\n}`,
    `api_addr = "http://${address}"`,
    `cluster_addr = "http://${LOOPBACK}:${clusterPort}"`,
    own,
  ].join('\n\n');
}

/**
 * Starts a real server: initialized, unsealed, storage on disk, two audit files; not `-dev`, so that sealing,
 * restarting and auditing behave as in production. The unseal key and the root token stay in this process' memory.
 * @throws PortcullisError `ERR_PORT_IN_USE`, `ERR_SERVER_FAILED`
 */
export async function startOpenBao(
  run: Run,
  { binary, port: asked, more = '', audited = true }: OpenBaoOptions,
): Promise<OpenBaoServer> {
  const folder = await run.subfolder('openbao');
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder);
  const isOpenBao = await isOpenBaoBinary(binary);
  const auditFiles = [join(folder, 'audit-1.log'), join(folder, 'audit-2.log')] as const;
  const devices = auditFiles.map((filePath) => ({ name: basename(filePath, '.log'), filePath }));
  // OpenBao takes audit devices from its configuration only, and never locks memory; Vault does, unless told.
  const blocks = isOpenBao && audited ? await auditBlocks(devices) : '';
  const own = isOpenBao ? blocks : 'disable_mlock = true\n';

  return onPort(asked, 'OpenBao', async (port, another) => {
    const address = `http://${LOOPBACK}:${port}`;
    const configuration = join(folder, 'server.hcl');
    const clusterPort = await another();
    await writeFile(configuration, serverConfiguration({ port, clusterPort, dataFolder, own: own + more }), {
      mode: 0o600,
    });

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
    const root = new VaultClient(address, rootToken);
    if (!isOpenBao && audited) await enableAudit(root, devices);
    return Object.assign(server, {
      address,
      rootToken,
      auditFiles,
      seal: async () => {
        await root.write('sys/seal');
      },
      unseal: async () => {
        await unseal();
        // The key was accepted, but the node serves only once it is active.
        await poll(
          async () => {
            if ((await anonymous.health()) !== 'active') throw new Error('not active yet');
          },
          { timeoutMs: 10_000 },
        );
      },
    });
  });
}

interface InitKeys {
  readonly keys_base64: readonly string[];
  readonly root_token: string;
}

/** The blocks that the construct gives a platform engineer, so that a real server reads them in every test. */
async function auditBlocks(devices: readonly AuditFile[]): Promise<string> {
  // Loaded here only: cdktf, which comes along, takes half a second.
  const { auditServerConfiguration } = await import('@portcullis/constructs');
  return auditServerConfiguration(devices);
}

async function enableAudit(root: VaultClient, devices: readonly AuditFile[]): Promise<void> {
  for (const { name, filePath } of devices) {
    await root.write(`sys/audit/${name}`, { type: 'file', options: { file_path: filePath } });
  }
}

/** OpenBao and Vault name themselves in the first word of `version`. */
async function isOpenBaoBinary(binary: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)(binary, ['version']);
  return stdout.startsWith('OpenBao');
}
