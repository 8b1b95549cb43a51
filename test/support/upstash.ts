/**
 * The REST interface of Upstash, in front of a real Redis: single commands, pipelines, transactions, the token,
 * errors and encodings as documented. https://upstash.com/docs/redis/features/restapi
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'redis';

type Reply = { readonly result: unknown } | { readonly error: string };

export interface UpstashServer {
  readonly url: string;
  /** The commands that it was asked to run, by name, in the order in which they came. */
  readonly commands: readonly string[];
  close(): Promise<void>;
}

/**
 * Upstash's servers know a flag of scripts that Redis does not. Scripts go to Redis without it, and so under
 * another name than the client gave them.
 */
class Scripts {
  readonly #names = new Map<string, string>();

  asRedisKnowsThem(full: string[]): string[] {
    const [command = '', script = '', ...rest] = full;
    if (command.toUpperCase() === 'EVALSHA') return [command, this.#names.get(script) ?? script, ...rest];
    if (command.toUpperCase() !== 'EVAL') return full;
    const plain = script.replace(/^\s*#!lua flags=allow-key-locking\s*/, '');
    this.#names.set(sha1(script), sha1(plain));
    return [command, plain, ...rest];
  }
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

/** Serves on a free loopback port. */
export async function startUpstash(redisUrl: string, token: string): Promise<UpstashServer> {
  const redis = createClient({ url: redisUrl, disableOfflineQueue: true, socket: { reconnectStrategy: 50 } });
  redis.on('error', () => undefined);
  await redis.connect();
  const commands: string[] = [];
  const scripts = new Scripts();

  const run = async (command: readonly unknown[]): Promise<Reply> => {
    commands.push(String(command[0]).toUpperCase());
    try {
      return { result: await redis.sendCommand(scripts.asRedisKnowsThem(command.map(String))) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : 'ERR' };
    }
  };

  const answer = async (req: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://upstash');
    const given = req.headers.authorization ?? `Bearer ${searchParams.get('_token') ?? ''}`;
    if (given !== `Bearer ${token}`) return { status: 401, body: { error: 'Unauthorized' } };
    const body = await readJson(req);
    if (pathname === '/pipeline' || pathname === '/multi-exec') {
      if (!isPipeline(body)) return { status: 400, body: { error: 'ERR failed to parse pipeline request' } };
      // Sent in one go, in order, on one connection: nothing of this bridge comes between.
      return { status: 200, body: await Promise.all(body.map(run)) };
    }
    const command = pathname === '/' ? body : pathname.slice(1).split('/').map(decodeURIComponent);
    if (!Array.isArray(command)) return { status: 400, body: { error: 'ERR failed to parse command' } };
    const reply = await run(command);
    return { status: 'error' in reply ? 400 : 200, body: reply };
  };

  const server = createServer((req, res) => {
    answer(req).then(
      ({ status, body }) =>
        respond(res, status, req.headers['upstash-encoding'] === 'base64' ? encode(body) : body),
      () => respond(res, 400, { error: 'ERR failed to parse command' }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    commands,
    close: async () => {
      redis.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readJson(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
}

function isPipeline(body: unknown): body is unknown[][] {
  return Array.isArray(body) && body.every(Array.isArray);
}

function respond(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** All strings of a result are base64, except for `OK`; errors stay as they are. */
function encode(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(encode);
  if (typeof body === 'object' && body !== null && 'result' in body)
    return { result: encodeResult(body.result) };
  return body;
}

function encodeResult(result: unknown): unknown {
  if (Array.isArray(result)) return result.map(encodeResult);
  return typeof result === 'string' && result !== 'OK' ? Buffer.from(result).toString('base64') : result;
}
