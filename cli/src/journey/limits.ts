import { strict as assert } from 'node:assert';
import { policy } from '../../../policy';
import { call, expectStatus, numberHeader, type Answer } from './call';
import type { Step } from './step';
import type { ClientName, World } from './world';

export const limits: readonly Step[] = [
  {
    title: 'a free organisation spends its 100 a minute: 429 with retryAfter and headers',
    async walk(world) {
      const token = await world.token('free-two');
      const answers: Answer[] = [];
      while (answers.length < 120) {
        const batch = Array.from({ length: 10 }, () => call(world, 'GET /api/transactions', { token }));
        answers.push(...(await Promise.all(batch)));
      }
      const admitted = answers.filter(({ status }) => status === 200);
      const denied = answers.filter(({ status }) => status === 429);
      assert.deepEqual([admitted.length, denied.length], [100, 20]);

      const [answer] = denied;
      assert.ok(answer);
      const { retryAfter, message, ...body } = answer.body;
      assert.deepEqual(body, {
        error: 'rate_limit_exceeded',
        limit: 100,
        remaining: 0,
        tier: 'free',
        upgradeUrl: policy.upgradeUrl,
      });
      assert.equal(typeof message, 'string');
      assert.ok(
        Number.isInteger(retryAfter) && Number(retryAfter) >= 1 && Number(retryAfter) <= 61,
        `retryAfter ${String(retryAfter)}`,
      );
      assert.equal(numberHeader(answer, 'retry-after'), retryAfter);
      assert.equal(numberHeader(answer, 'x-ratelimit-limit'), 100);
      assert.equal(numberHeader(answer, 'x-ratelimit-remaining'), 0);
      assert.ok(numberHeader(answer, 'x-ratelimit-reset') > Date.now() / 1_000);
      assert.match(answer.headers.get('ratelimit-policy') ?? '', /^"free";q=100;w=60$/);
      assert.match(answer.headers.get('ratelimit') ?? '', /^"free";r=0;t=\d+$/);
      return `100 admitted, 20 denied, Retry-After: ${String(retryAfter)}`;
    },
  },
  {
    title: 'a report costs 20',
    async walk(world) {
      const token = await world.token('pro');
      const before = await remaining(world, 'pro');
      const answer = await call(world, 'POST /api/reports/generate', { token, body: {} });
      expectStatus(answer, 201);
      const after = numberHeader(answer, 'x-ratelimit-remaining');
      assert.equal(before - after, 20);
      return `${before} → ${after} of 1000 remaining`;
    },
  },
  {
    title: 'two tokens of one organisation share its limit, two organisations do not',
    async walk(world) {
      const first = await remaining(world, 'free-one');
      const second = await remaining(world, 'free-one-mobile');
      assert.equal(first - second, 1, 'expected the second token to see what the first one spent');
      expectStatus(await call(world, 'GET /api/transactions', { token: await world.token('free-two') }), 429);
      return `one organisation: ${first} → ${second}; another is still at 0`;
    },
  },
];

/** What a client has left after one read that costs 1. */
async function remaining(world: World, client: ClientName): Promise<number> {
  const answer = await call(world, 'GET /api/transactions', { token: await world.token(client) });
  expectStatus(answer, 200);
  return numberHeader(answer, 'x-ratelimit-remaining');
}
