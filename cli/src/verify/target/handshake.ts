import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

export interface Handshake {
  /** As in `TLSv1.3`. */
  readonly version: string;
  /** Whether TLS 1.1 is spoken as well, which RFC 8996 forbids. Missing: no answer came in time. */
  readonly speaksOld: boolean | undefined;
}

/** Connects once, with the certificate verified; and once more as a client of ten years ago. */
export async function handshake(origin: URL, timeoutMs: number): Promise<Handshake | undefined> {
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  if (origin.protocol !== 'https:') {
    await settled(connectPlain({ host, port: Number(origin.port || 80) }), 'connect', timeoutMs);
    return undefined;
  }
  // An address is no name of a server (RFC 6066 §3): the certificate is held against it all the same.
  const where = { host, port: Number(origin.port || 443), ...(isIP(host) === 0 && { servername: host }) };
  const version = await spoken(where, timeoutMs);
  const old = {
    ...where,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  } as const;
  const speaksOld = await spoken(old, timeoutMs).then(
    () => true,
    (error: unknown) => (error instanceof NoAnswer ? undefined : false),
  );
  return { version, speaksOld };
}

async function spoken(options: ConnectionOptions, timeoutMs: number): Promise<string> {
  const socket = connectTls(options);
  let version = '';
  socket.once('secureConnect', () => (version = socket.getProtocol() ?? ''));
  await settled(socket, 'secureConnect', timeoutMs);
  return version;
}

class NoAnswer extends Error {
  constructor() {
    super('it did not answer in time');
  }
}

function settled(socket: Socket, event: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(timeoutMs, () => socket.destroy(new NoAnswer()));
    socket.on('error', reject);
    socket.once(event, () => {
      resolve();
      socket.destroy();
    });
    socket.once('close', () => reject(new Error('it closed the connection')));
  });
}
