import express from 'express';
import type { AddressInfo } from 'node:net';
import { health, type DependencyCheck } from '../../../../example/routes/health';

async function withHealth(
  checks: Record<string, DependencyCheck>,
  use: (get: (path: string) => Promise<{ status: number; body: unknown }>) => Promise<void>,
  dispensable: Record<string, DependencyCheck> = {},
): Promise<void> {
  const server = express().use(health(checks, dispensable)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await use(async (path) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, body: await response.json() };
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('ready when every dependency is up', async () => {
  await withHealth({ vault: () => true }, async (get) => {
    expect(await get('/readyz')).toEqual({
      status: 200,
      body: { status: 'ready', dependencies: { vault: 'up' } },
    });
  });
});

test('not ready when one is down, and the reason is not shown', async () => {
  const broken = (): Promise<boolean> =>
    Promise.reject(new Error('password authentication failed for user v-app'));
  await withHealth({ vault: () => true, postgres: broken }, async (get) => {
    expect(await get('/readyz')).toEqual({
      status: 503,
      body: { status: 'not ready', dependencies: { vault: 'up', postgres: 'down' } },
    });
    expect(await get('/healthz')).toEqual({ status: 200, body: { status: 'up' } });
  });
});

test('ready, but degraded, without what can be done without', async () => {
  await withHealth(
    { vault: () => true },
    async (get) => {
      expect(await get('/readyz')).toEqual({
        status: 200,
        body: { status: 'ready', dependencies: { vault: 'up', redis: 'degraded' } },
      });
    },
    { redis: () => false },
  );
});

test('many questions within a second ask the dependencies once', async () => {
  // On a busy machine fifty answers take longer than the second that is meant.
  const now = jest.spyOn(performance, 'now').mockReturnValue(5_000);
  let asked = 0;
  const counted = (): boolean => (asked += 1) > 0;
  await withHealth({ redis: counted }, async (get) => {
    await Promise.all(Array.from({ length: 50 }, () => get('/readyz')));
    expect(asked).toBe(1);
    now.mockReturnValue(6_001);
    await get('/readyz');
    expect(asked).toBe(2);
  }).finally(() => now.mockRestore());
});
