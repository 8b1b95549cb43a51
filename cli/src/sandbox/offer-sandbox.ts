import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Run } from '../engines/process/run';
import { OFFER, PATHS, type Person, type SandboxDescription, type SandboxSecrets } from './sandbox';

/** Paths of sockets are no longer, on the least of systems. */
const LONGEST_PATH_BYTES = 103;

/**
 * Answers the commands of other terminals, until the run is closed. Only this user may enter the socket's folder.
 *
 * @returns how to stop; undefined where the folder of temporary files has too long a name for a socket.
 */
export async function offerSandbox(
  run: Run,
  description: Omit<SandboxDescription, 'startedAt'>,
  secrets: SandboxSecrets,
): Promise<(() => void) | undefined> {
  const socket = join(await run.subfolder(OFFER.folder), OFFER.name);
  if (Buffer.byteLength(socket) > LONGEST_PATH_BYTES) return undefined;
  const folder = await realpath(description.folder);
  const server = serve({ ...description, folder, startedAt: Date.now() }, secrets);
  server.listen(socket);
  await once(server, 'listening');
  // What is offered keeps nobody alive.
  server.unref();
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

function serve(description: SandboxDescription, secrets: SandboxSecrets): Server {
  const people: readonly Person[] = ['support', 'operator'];
  const answers = new Map<string, () => Promise<unknown>>([
    [PATHS.description, () => Promise.resolve(description)],
    [PATHS.stackVariables, () => secrets.stackVariables?.() ?? Promise.resolve(undefined)],
    ...people.map((person) => [PATHS.vaultToken(person), () => secrets.vaultToken(person)] as const),
    ...description.clients.map(
      ({ clientId }) => [PATHS.client(clientId), () => secrets.client(clientId)] as const,
    ),
  ]);
  return createServer((request, response) => {
    const answer = answers.get(request.url ?? '')?.() ?? Promise.resolve(undefined);
    answer.then(
      (value) => response.writeHead(value === undefined ? 404 : 200).end(JSON.stringify(value)),
      () => response.writeHead(500).end(),
    );
  });
}
