import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A cable between a client and a server that a test can cut, or make longer. */
export interface TcpProxy {
  readonly port: number;
  /** Breaks what is connected, and takes nothing new. */
  cut(): void;
  mend(): void;
  /** Whatever the server answers from now on comes that much later. */
  delay(ms: number): void;
  close(): Promise<void>;
}

/** @param at where it listens. @default a free port of loopback */
export async function startTcpProxy(
  target: URL,
  at: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let delayMs = 0;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = keep(connect(Number(target.port), target.hostname));
    client.pipe(upstream);
    client.on('close', () => upstream.destroy());
    upstream
      .on('data', (bytes) => setTimeout(() => client.write(bytes), delayMs))
      .on('close', () => setTimeout(() => client.destroy(), delayMs));
  });
  server.listen(at);
  await once(server, 'listening');
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      breakAll();
    },
    mend: () => (isCut = false),
    delay: (ms) => (delayMs = ms),
    close: async () => {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}
