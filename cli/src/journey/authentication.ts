import { strict as assert } from 'node:assert';
import { call, expectStatus, type Answer } from './call';
import type { Step } from './step';

export const authentication: readonly Step[] = [
  {
    title: 'no token: 401 with a bare Bearer challenge',
    async walk(world) {
      const answer = await call(world, 'GET /api/transactions');
      expectUnauthorized(answer);
      assert.doesNotMatch(answer.headers.get('www-authenticate') ?? '', /error=/);
      return 'WWW-Authenticate: Bearer';
    },
  },
  {
    title: 'Basic credentials and an API key: 401',
    async walk(world) {
      const basic = `Basic ${Buffer.from('user:password').toString('base64')}`;
      expectUnauthorized(await call(world, 'GET /api/transactions', { headers: { authorization: basic } }));
      expectUnauthorized(await call(world, 'GET /api/transactions', { headers: { 'x-api-key': 'key' } }));
      return 'both refused';
    },
  },
  {
    title: 'a token by client credentials: 200 with rows from PostgreSQL',
    async walk(world) {
      const answer = await call(world, 'GET /api/transactions', { token: await world.token('enterprise') });
      expectStatus(answer, 200);
      const rows = answer.body.transactions as { id: string }[];
      assert.ok(rows.length > 0, 'expected rows');
      const newest = await world.withPostgres((query) =>
        query<{ id: string }>(
          `select max(id)::text as id from fintech.transactions where org_id = 'org-enterprise'`,
        ),
      );
      assert.equal(rows[0]?.id, newest[0]?.id, 'expected the newest row of the organisation first');
      return `${rows.length} rows`;
    },
  },
  {
    title: 'a token without the scope: 403 that names what is required and granted',
    async walk(world) {
      const token = await world.token('pro', ['write:transactions']);
      const answer = await call(world, 'GET /api/transactions', { token });
      expectStatus(answer, 403);
      assert.equal(answer.body.error, 'insufficient_scope');
      assert.deepEqual(answer.body.required, ['read:transactions']);
      assert.deepEqual(answer.body.granted, ['write:transactions']);
      assert.match(answer.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/);
      return 'required read:transactions, granted write:transactions';
    },
  },
  {
    title: 'a route that the policy does not list: denied',
    async walk(world) {
      const token = await world.token('enterprise');
      for (const request of [
        'GET /api/users',
        'DELETE /api/transactions',
        'GET /api//transactions',
        'GET /api/transaction%73',
      ]) {
        const answer = await call(world, request, { token });
        expectStatus(answer, 403);
        assert.equal(answer.body.error, 'forbidden');
      }
      return '4 requests, 4 times 403';
    },
  },
];

function expectUnauthorized(answer: Answer): void {
  expectStatus(answer, 401);
  assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
  assert.deepEqual(answer.body, {
    error: 'unauthorized',
    message: 'Missing or invalid Authorization header',
  });
}
