import { createServer } from 'node:net';
import { PortcullisError } from '../../errors';

export const LOOPBACK = '127.0.0.1';

/** Binds the port for a moment; 0 lets the system choose. Answers with the port, or throws as `listen` does. */
function bindOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

/** Whether nothing listens on this loopback port at this moment. */
export async function isFree(port: number): Promise<boolean> {
  return bindOnce(port).then(
    () => true,
    () => false,
  );
}

/**
 * The port to listen on: the one asked for, or any free one.
 * @throws PortcullisError `ERR_PORT_IN_USE` when the port that was asked for is taken.
 */
export async function choosePort(asked: number | undefined, what: string): Promise<number> {
  if (asked === undefined) return bindOnce(0);
  try {
    return await bindOnce(asked);
  } catch (cause) {
    throw new PortcullisError(
      'ERR_PORT_IN_USE',
      `port ${asked}, asked for ${what}, is in use or may not be bound`,
      'stop what listens there, or leave the port out to get a free one',
      { cause },
    );
  }
}

/**
 * Starts a server on the port asked for, or on a free one. Between choosing a free port and binding it another
 * process may take it; the start is then made again on other ports.
 *
 * @param start gets the port, and a way to choose more of them: what it listens on besides may be taken as well.
 */
export async function onPort<T>(
  asked: number | undefined,
  what: string,
  start: (port: number, another: () => Promise<number>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(asked, what);
    const chosen = asked === undefined ? [port] : [];
    const another = async (): Promise<number> => {
      const one = await choosePort(undefined, what);
      chosen.push(one);
      return one;
    };
    try {
      return await start(port, another);
    } catch (error) {
      const areFree = await Promise.all(chosen.map(isFree));
      if (attempt === 3 || areFree.every(Boolean)) throw error;
    }
  }
}
