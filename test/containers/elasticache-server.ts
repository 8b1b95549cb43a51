/**
 * ElastiCache with IAM authentication, which no engine outside of AWS has: a real Redis behind TLS, and between the two a
 * double that holds each sign-in against AWS' description of its tokens.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import type { Run } from '../../cli/src/engines/process/run';
import { Server } from '../../cli/src/local/servers/server';
import { redisCommand } from '../../cli/src/local/servers/redis';
import { randomPassword } from '../../cli/src/engines/random';
import { isSignInToken, type AwaitedToken } from '../support/elasticache-token';

export interface ElastiCacheOptions {
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  readonly redis: { readonly host: string; readonly port: number; readonly adminUrl: string };
  readonly token: AwaitedToken;
  /** The user's access string. */
  readonly rights: string;
}

export interface ElastiCacheServer {
  /** How often somebody signed in. */
  readonly signIns: () => number;
}

/** In a process of its own: beside a front and a test, it would keep the limiter waiting, which gives Redis 50 ms. */
export async function startElastiCache(run: Run, options: ElastiCacheOptions): Promise<ElastiCacheServer> {
  let signIns = 0;
  await Server.start(run, {
    process: {
      name: 'elasticache',
      command: process.execPath,
      args: ['--import', require.resolve('tsx'), __filename],
      env: { PATH: process.env.PATH },
      ipc: true,
    },
    answers: async ({ child }) => {
      child.on('message', (count) => (signIns = Number(count)));
      const listening = once(child, 'message');
      child.send(options);
      await listening;
    },
  });
  return { signIns: () => signIns };
}

/** @param tell told how often somebody signed in, so far */
async function serve(options: ElastiCacheOptions, tell: (signIns: number) => void): Promise<void> {
  const { host, port, key, certificate, redis, token, rights } = options;
  // What Redis knows its user by; whoever connects has a token instead.
  const password = randomPassword();
  const setUser = ['ACL', 'SETUSER', token.user, 'reset', `>${password}`, ...rights.split(' ')];
  await redisCommand(redis.adminUrl, setUser);

  let signIns = 0;
  const translate = (command: readonly Buffer[]): readonly Buffer[] => {
    const words = command.map((word) => word.toString());
    const at =
      words[0]?.toUpperCase() === 'AUTH' ? 0 : words.findIndex((word) => word.toUpperCase() === 'AUTH');
    const signsIn = ['AUTH', 'HELLO'].includes(words[0]?.toUpperCase() ?? '') && at >= 0;
    if (!signsIn) return command;
    const [user = '', given = ''] = words.slice(at + 1);
    if (user !== token.user || !isSignInToken(given, token)) return command;
    signIns += 1;
    tell(signIns);
    return command.map((word, index) => (index === at + 2 ? Buffer.from(password) : word));
  };

  const server = createServer({ key, cert: certificate }, (client) => {
    const upstream = connect(redis.port, redis.host);
    for (const socket of [client, upstream]) {
      // Else a small answer may wait 40 ms for the acknowledgement of the one before.
      socket.setNoDelay();
      socket.on('error', () => socket.destroy());
    }
    let pending = Buffer.alloc(0);
    client.on('data', (bytes: Buffer) => {
      pending = Buffer.concat([pending, bytes]);
      for (let read = readCommand(pending); read !== undefined; read = readCommand(pending)) {
        pending = pending.subarray(read.length);
        upstream.write(encode(translate(read.command)));
      }
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.pipe(client);
  });
  server.listen(port, host);
  await once(server, 'listening');
  tell(signIns);
}

/** The first whole command: an array of texts, as every client library sends it. https://redis.io/docs/latest/develop/reference/protocol-spec/ */
function readCommand(bytes: Buffer): { command: Buffer[]; length: number } | undefined {
  let at = 0;
  const number = (kind: string): number | undefined => {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return undefined;
    if (bytes.toString('latin1', at, at + 1) !== kind) throw new Error('a client sent no array of texts');
    const value = Number(bytes.toString('latin1', at + 1, end));
    at = end + 2;
    return value;
  };
  const words = number('*');
  if (words === undefined) return undefined;
  const command: Buffer[] = [];
  while (command.length < words) {
    const length = number('$');
    if (length === undefined || bytes.length < at + length + 2) return undefined;
    command.push(bytes.subarray(at, at + length));
    at += length + 2;
  }
  return { command, length: at };
}

function encode(command: readonly Buffer[]): Buffer {
  const parts = command.flatMap((word) => [Buffer.from(`$${word.length}\r\n`), word, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${command.length}\r\n`), ...parts]);
}

if (require.main === module) {
  process.once('message', (options: ElastiCacheOptions) => {
    void serve(options, (signIns) => process.send?.(signIns));
  });
  process.once('disconnect', () => process.exit(0));
}
