import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { LOOPBACK, onPort } from '../../../../cli/src/engines/process/ports';

const taken: Server[] = [];
afterEach(() => taken.splice(0).forEach((server) => server.close()));

/** Somebody else binds the port between its choice and its use. */
async function take(port: number): Promise<void> {
  const server = createServer().listen(port, LOOPBACK);
  taken.push(server);
  await once(server, 'listening');
}

it('starts again on other ports where one that was chosen besides is taken meanwhile', async () => {
  const tried: number[][] = [];
  const started = await onPort(undefined, 'a server', async (port, another) => {
    const ports = [port, await another()];
    tried.push(ports);
    if (tried.length === 1) {
      await take(ports[1]!);
      throw new Error('address in use');
    }
    return ports;
  });
  expect(tried).toHaveLength(2);
  expect(started).toEqual(tried[1]);
  expect(started).not.toContain(tried[0]![1]);
});

it('fails at once where every port is free: the reason is another one', async () => {
  let starts = 0;
  const failing = onPort(undefined, 'a server', async (_port, another) => {
    starts += 1;
    await another();
    throw new Error('no such file');
  });
  await expect(failing).rejects.toThrow('no such file');
  expect(starts).toBe(1);
});

it('gives up after three starts', async () => {
  let starts = 0;
  const failing = onPort(undefined, 'a server', async (port) => {
    starts += 1;
    await take(port);
    throw new Error(`start ${starts}`);
  });
  await expect(failing).rejects.toThrow('start 3');
});
