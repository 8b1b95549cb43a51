import {
  createServer as createHttpServer,
  request,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** Which of the servers behind it a request goes to, as in `http://10.0.0.3:3000`; `undefined` where none serves. */
export type Upstream = () => string | undefined;

export interface FrontOptions {
  /** Where it speaks TLS. */
  readonly host: string;
  readonly port: number;
  readonly key: Buffer;
  readonly certificate: Buffer;
  /** By the name that is asked for. */
  readonly names: ReadonlyMap<string, Upstream>;
}

/**
 * Ends TLS for several names, as gateways and load balancers do in front of services, and says who asked: as a REST API and
 * its load balancer do in `X-Forwarded-For`, and as an HTTP API does in `Forwarded`.
 */
export class Front {
  private constructor(
    private readonly servers: readonly { close(): unknown; closeAllConnections(): void }[],
    /** The first of `names` without TLS, at an address of loopback: for tests, which resolve no such name. */
    readonly plainUrl: string,
  ) {}

  static async start({ host, port, key, certificate, names }: FrontOptions): Promise<Front> {
    const secure = createHttpsServer({ key, cert: certificate }, (req, res) => {
      const [name = ''] = (req.headers.host ?? '').split(':');
      pass(req, res, names.get(name)?.());
    });
    const [first] = names.values();
    const plain = createHttpServer((req, res) => pass(req, res, first?.()));
    secure.listen(port, host);
    plain.listen(0, '127.0.0.1');
    await Promise.all([once(secure, 'listening'), once(plain, 'listening')]);
    return new Front([secure, plain], `http://127.0.0.1:${(plain.address() as AddressInfo).port}`);
  }

  close(): void {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
  }
}

function pass(req: IncomingMessage, res: ServerResponse, upstream: string | undefined): void {
  if (upstream === undefined) return void res.writeHead(503).end();
  const client = req.socket.remoteAddress ?? '';
  const gateway = '10.255.255.1';
  const headers = {
    ...req.headers,
    'x-forwarded-proto': 'https',
    'x-forwarded-for': `${client}, ${gateway}`,
    forwarded: `for=${client};proto=https`,
  };
  const sent = request(new URL(req.url ?? '/', upstream), { method: req.method, headers, setHost: false });
  sent.on('response', (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(res);
    answer.on('error', () => res.destroy());
  });
  sent.on('error', () => (res.headersSent ? res.destroy() : res.writeHead(502).end()));
  req.pipe(sent);
}
