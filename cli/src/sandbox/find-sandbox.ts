/** The sandbox that runs from a repository: another terminal's `npm start`. */
import { lstat, readdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askSocket } from '../connections/ask-socket';
import type { Client } from '../connections/client-tokens';
import { RUN_PREFIX } from '../engines/process/run';
import { OFFER, PATHS, type Person, type SandboxDescription } from './sandbox';

export interface Sandbox extends SandboxDescription {
  client(clientId: string): Promise<Client>;
  vaultToken(person: Person): Promise<string>;
  /** Undefined where its stacks cannot be planned. */
  stackVariables(): Promise<Readonly<Record<string, string>> | undefined>;
}

/**
 * The one that was started last in this folder, or undefined where none runs.
 * @param folder of the config.
 */
export async function findSandbox(folder: string): Promise<Sandbox | undefined> {
  return (await sandboxesIn(folder)).at(-1);
}

/** All that run from the folder, the one that was started last at the end. */
export async function sandboxesIn(folder: string): Promise<Sandbox[]> {
  const [here, sockets] = await Promise.all([realpath(folder), offeredSockets()]);
  const found = (await Promise.all(sockets.map(described))).flatMap((one) => one ?? []);
  return found.filter((one) => one.folder === here).sort((a, b) => a.startedAt - b.startedAt);
}

/** A folder of another user may hold anything: only this user's are asked. */
async function offeredSockets(): Promise<string[]> {
  const names = await readdir(tmpdir()).catch(() => []);
  const runs = names.filter((name) => name.startsWith(RUN_PREFIX)).map((name) => join(tmpdir(), name));
  const own = await Promise.all(
    runs.map(async (run) => (await isOwn(run)) && isOwn(join(run, OFFER.folder))),
  );
  return runs.filter((_, index) => own[index]).map((run) => join(run, OFFER.folder, OFFER.name));
}

async function isOwn(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

/** Undefined for a run that has ended, or not begun to serve. */
async function described(socket: string): Promise<Sandbox | undefined> {
  try {
    const description = JSON.parse(await askSocket(socket, PATHS.description)) as SandboxDescription;
    return {
      ...description,
      client: async (clientId) => JSON.parse(await askSocket(socket, PATHS.client(clientId))) as Client,
      vaultToken: async (person) => JSON.parse(await askSocket(socket, PATHS.vaultToken(person))) as string,
      stackVariables: async () => {
        const answer = await askSocket(socket, PATHS.stackVariables).catch(() => undefined);
        return answer === undefined ? undefined : (JSON.parse(answer) as Record<string, string>);
      },
    };
  } catch {
    return undefined;
  }
}
