import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ContainerEngine } from '../support/containers/container-engine';
import { AGENT } from './task-credentials';

const execute = promisify(execFile);

/** The network of an environment on this machine: the range of its tasks, in which the machine is reached by addresses of its own. */
export interface Place {
  /** The network's name. */
  readonly network: string;
  /** This machine's address for the front, which ends TLS for every name but Vault's. */
  readonly front: string;
  /** This machine's address for Vault, which ends TLS itself. */
  readonly vault: string;
}

/** This machine's address in a range of tasks. @throws Error unless it is as wide as expected */
export function frontOf(cidr: string): string {
  const [, prefix] = /^(\d+\.\d+)\.0\.0\/16$/.exec(cidr) ?? [];
  if (prefix === undefined) throw new Error(`the range of the tasks is ${cidr}; expected a /16`);
  return `${prefix}.0.1`;
}

/**
 * @param cidr a range of 65,536 addresses, as in `10.40.0.0/16`. Its upper half is the tasks'.
 * @throws Error where another run has that network
 */
export async function makePlace(engine: ContainerEngine, name: string, cidr: string): Promise<Place> {
  const front = frontOf(cidr);
  const vault = front.replace(/\.1$/, '.2');
  const bridge = `portcullis-${name}`.slice(0, 15);
  await removeLeft(bridge);
  await engine.docker(
    ...['network', 'create', '--driver', 'bridge', '--opt', `com.docker.network.bridge.name=${bridge}`],
    ...['--subnet', cidr, '--gateway', front, '--ip-range', front.replace(/0\.1$/, '128.0/17'), name],
  );
  // They go with the bridge.
  for (const address of [vault, AGENT])
    await execute('ip', ['address', 'replace', `${address}/32`, 'dev', bridge]);
  return { network: name, front, vault };
}

/**
 * Docker takes a bridge that is there as somebody else's, with its addresses, and never removes it. One that nothing is
 * attached to was left by a run that was killed.
 */
async function removeLeft(bridge: string): Promise<void> {
  const attached = await readdir(`/sys/class/net/${bridge}/brif`).catch(() => undefined);
  if (attached === undefined) return;
  if (attached.length > 0) throw new Error(`${bridge} is another run's: ${attached.join(', ')} are attached`);
  await execute('ip', ['link', 'delete', bridge]);
}
