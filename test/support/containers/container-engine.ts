import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { lock } from 'proper-lockfile';
import { EngineCache } from '../../../cli/src/engines/install/cache';
import { cacheFolder } from '../../../cli/src/engines/install/cache-folder';
import type { Run } from '../../../cli/src/engines/process/run';
import { Server } from '../../../cli/src/local/servers/server';
import { baseLayer, imageOfNode } from './base-image';
import { findDocker } from './docker-programs';

const execute = promisify(execFile);

/** The body of `POST /containers/create`. https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerCreate */
export interface ContainerBody {
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Printed by builds and by what fails. */
const LARGEST_OUTPUT = 64 * 1_024 * 1_024;
/** Another run may have the engine's images, for as long as a suite takes. */
const QUEUE = { retries: 2_400, factor: 1, minTimeout: 250, maxTimeout: 250 };

/**
 * A Docker of the run's own: in namespaces that end with it, whatever becomes of us. Its images are kept, layer by layer,
 * beside the other engines; so only one run at a time has them, and the next one removes what a killed one left.
 */
export class ContainerEngine {
  private constructor(
    private readonly server: Server,
    private readonly programs: string,
    private readonly folder: string,
    private readonly release: () => Promise<void>,
  ) {}

  /** @throws PortcullisError `ERR_ENGINE_BUILD`, `ERR_SERVER_FAILED` */
  static async start(run: Run): Promise<ContainerEngine> {
    const context = { run, cache: new EngineCache(), note: () => undefined };
    const programs = await findDocker(context);
    const layer = await baseLayer(context, programs);
    const images = join(cacheFolder(), 'container-images');
    await mkdir(images, { recursive: true });
    const release = await lock(images, { retries: QUEUE, stale: 30_000, onCompromised: () => undefined });
    const folder = await run.subfolder('containers');
    const server = await Server.start(run, {
      process: {
        name: 'dockerd',
        command: 'unshare',
        args: [
          ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
          // What containers leave behind becomes its child, and nobody else would take it from the list of processes.
          ...[join(programs, 'docker-init'), '--', join(programs, 'dockerd')],
          ...['--data-root', images, '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
          ...['--host', addressIn(folder), '--bridge=none', '--iptables=false', '--ip6tables=false'],
          ...['--ip-forward=false', '--ip-masq=false', '--config-file', await emptyFile(folder)],
        ],
        env: { ...process.env, PATH: pathWith(programs) },
      },
      answers: async () => {
        await execute(join(programs, 'docker'), ['--host', addressIn(folder), 'version']);
      },
    });
    const engine = new ContainerEngine(server, programs, folder, release);
    await engine.removeAll();
    await engine.importBase(layer);
    return engine;
  }

  /** Calls Docker's own command. @returns its standard output @throws Error with what it said */
  async docker(...args: string[]): Promise<string> {
    const { stdout } = await execute(
      join(this.programs, 'docker'),
      ['--host', addressIn(this.folder), '--config', this.folder, ...args],
      { env: { ...process.env, DOCKER_BUILDKIT: '0' }, maxBuffer: LARGEST_OUTPUT },
    );
    return stdout.trim();
  }

  /** Makes a container, which does not run yet. Docker's command has no words for all that its API has. @returns its ID */
  async create(body: ContainerBody): Promise<string> {
    const socketPath = join(this.folder, SOCKET);
    const answer = await new Promise<string>((resolve, reject) => {
      const sent = request({ socketPath, path: '/containers/create', method: 'POST' }, (response) => {
        text(response).then(resolve, reject);
      });
      sent.setHeader('Content-Type', 'application/json');
      sent.on('error', reject).end(JSON.stringify(body));
    });
    const { Id, message } = JSON.parse(answer) as { Id?: string; message?: string };
    if (Id === undefined) throw new Error(`Docker refused a container: ${message ?? answer}`);
    return Id;
  }

  /** Ends with every container and network of it. The images stay. */
  async stop(): Promise<void> {
    try {
      await this.removeAll();
      const [pid] = await childrenOf(this.server.pid);
      if (pid !== undefined) process.kill(pid, 'SIGTERM');
      await this.server.process.exited;
    } finally {
      await this.release();
    }
  }

  private async removeAll(): Promise<void> {
    const containers = await this.docker('ps', '--all', '--quiet');
    if (containers !== '') await this.docker('rm', '--force', '--volumes', ...containers.split('\n'));
    await this.docker('network', 'prune', '--force');
    // The stages of builds, which the next one begins from; those of long ago only fill the disk.
    await this.docker('image', 'prune', '--force', '--filter', 'until=168h');
  }

  /**
   * The image that the Dockerfile begins with, by its name. What it downloads goes through whatever this machine goes
   * through, so it trusts the same authorities.
   */
  private async importBase(layer: string): Promise<void> {
    const plain = await imageFor(this, layer);
    const context = join(this.folder, 'base');
    await mkdir(context);
    const { NODE_EXTRA_CA_CERTS: trusted } = process.env;
    await writeFile(join(context, 'authorities.pem'), trusted === undefined ? '' : await readFile(trusted));
    await writeFile(join(context, 'Dockerfile'), baseFile(plain, trusted !== undefined));
    await this.docker('build', '--quiet', '--tag', await imageOfNode(), context);
  }
}

/** Where containers find the authorities that they trust besides Node's own. */
export const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

function baseFile(plain: string, hasAuthorities: boolean): string {
  const lines = [`FROM ${plain}`, 'CMD ["node"]'];
  if (!hasAuthorities) return lines.join('\n');
  const variables = ['NODE_EXTRA_CA_CERTS', 'npm_config_cafile', 'PIP_CERT', 'SSL_CERT_FILE'];
  return [
    ...lines,
    `COPY authorities.pem ${AUTHORITIES}`,
    `ENV ${variables.map((name) => `${name}=${AUTHORITIES}`).join(' ')}`,
  ].join('\n');
}

/** The layer as an image, which is imported once. */
async function imageFor(engine: ContainerEngine, layer: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(layer, '../manifest.json'), 'utf8')) as Record<
    string,
    string
  >;
  const name = `portcullis-base:${(manifest['layer.tar'] ?? '').slice(0, 12)}`;
  const has = await engine.docker('images', '--quiet', name);
  if (has === '') await engine.docker('import', layer, name);
  return name;
}

const SOCKET = 'docker.sock';
const addressIn = (folder: string): string => `unix://${join(folder, SOCKET)}`;

/** What configures the machine's own Docker, if it has one, is none of this one's. */
async function emptyFile(folder: string): Promise<string> {
  const file = join(folder, 'daemon.json');
  await writeFile(file, '{}');
  return file;
}

function pathWith(programs: string): string {
  return [programs, process.env.PATH, '/usr/sbin', '/sbin'].filter(Boolean).join(delimiter);
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}
