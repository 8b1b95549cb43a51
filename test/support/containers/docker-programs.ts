/** Debian's Docker, unpacked into the cache: nothing is installed into the machine, and no service of its own starts. */
import { chmod, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { APT_QUEUE } from '../../../cli/src/engines/install/debian-binary';
import type { EngineContext } from '../../../cli/src/engines/install/context';

/** What is unpacked. apt holds each package against the signatures of Debian's archive. */
const PACKAGES = ['docker.io', 'containerd', 'runc', 'tini', 'debootstrap'];

const PROGRAMS = [
  ...['usr/sbin/dockerd', 'usr/bin/docker', 'usr/bin/docker-init', 'usr/sbin/runc', 'usr/sbin/debootstrap'],
  ...['usr/bin/containerd', 'usr/bin/containerd-shim', 'usr/bin/containerd-shim-runc-v2'],
];

/** Why no container engine can run here; `undefined` where one can. It makes namespaces, mounts and devices. */
export const withoutContainers: string | undefined =
  process.getuid?.() === 0 && existsSync('/etc/debian_version')
    ? undefined
    : 'a container engine of its own needs root, on Debian';

/**
 * A folder with `docker`, `dockerd`, what these call, and `debootstrap` with its scripts in `scripts`.
 * @throws PortcullisError `ERR_ENGINE_BUILD`
 */
export function findDocker({ run, cache, note }: EngineContext): Promise<string> {
  return cache.entry(
    { name: 'docker', version: '20.10', checksum: [...PACKAGES, ...PROGRAMS].join() },
    async (folder, tell) => {
      tell("unpacking Debian's Docker (60 MB, once)");
      const packages = join(folder, 'packages');
      const unpacked = join(folder, 'unpacked');
      await mkdir(packages);
      const env = process.env;
      const failure = {
        code: 'ERR_ENGINE_BUILD',
        remedy: `check that apt-get download ${PACKAGES.join(' ')} works`,
      } as const;
      for (const args of [['update'], ['download', ...PACKAGES]]) {
        await run.complete(
          {
            name: `apt-get-${args[0] ?? ''}`,
            command: 'flock',
            args: [...APT_QUEUE, 'apt-get', '--quiet', ...args],
            cwd: packages,
            env,
          },
          failure,
        );
      }
      for (const file of await readdir(packages)) {
        const args = ['-x', join(packages, file), unpacked];
        await run.complete({ name: `unpack-${file}`, command: 'dpkg-deb', args, env }, failure);
      }
      for (const program of PROGRAMS) {
        await cp(join(unpacked, program), join(folder, basename(program)), { dereference: true });
        await chmod(join(folder, basename(program)), 0o755);
      }
      await cp(join(unpacked, 'usr/share/debootstrap'), join(folder, 'scripts'), {
        recursive: true,
        verbatimSymlinks: true,
      });
      for (const done of [packages, unpacked]) await rm(done, { recursive: true });
    },
    note,
  );
}
