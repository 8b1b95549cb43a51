/** What single changes of a policy are said to be. */
import { definePolicy, type Policy, type PolicyInput } from '@portcullis/runtime/policy';
import { stripVTControlCharacters } from 'node:util';
import { comparePolicies } from '../../../../cli/src/policy-diff/compare/compare';
import { definedBy } from '../../../../cli/src/policy-diff/read/defined-by';
import { renderMarkdown } from '../../../../cli/src/policy-diff/report/markdown';
import { renderSarif } from '../../../../cli/src/policy-diff/report/sarif';
import { policyDiff } from '../../../../cli/src/policy-diff/report/summary';
import { renderTable } from '../../../../cli/src/policy-diff/report/table';
import { recordSchema } from '../../../../cli/src/plan/rules/api/record';
import { policy as example } from '../../../../policy';
import { runs } from '../../../support/fuzzing';
import { mutatedPair, seeded } from '../../../support/policy-diff/mutations';

const INPUT = {
  name: 'orders-api',
  issuer: 'https://auth.example.com',
  audience: 'https://api.example.com',
  tiers: {
    free: [{ limit: 100, window: '1m' }],
    pro: [{ limit: 500, window: '1m' }],
    anonymous: [{ limit: 50, window: '1m' }],
  },
  defaultTier: 'free',
  routes: [
    { method: 'GET', path: '/notes', public: true },
    { method: 'GET', path: '/orders/:id', scopes: ['read:orders'] },
    {
      method: 'POST',
      path: '/orders',
      scopes: ['write:orders'],
      cost: 5,
      sensitive: true,
      onStoreFailure: 'closed',
    },
  ],
} satisfies PolicyInput;

const [notes, order, create] = INPUT.routes;

const row = (was: Policy, will: Policy): string[] =>
  renderTable(policyDiff('orders-api', 'HEAD', comparePolicies(was, will)), (_, text) => text)
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => line.trim().replace(/ +/g, ' '));

const changed = (more: object): Policy => definePolicy({ ...INPUT, ...more });

it.each<[string, object, string[]]>([
  ['nothing', {}, []],
  [
    'a scope dropped',
    { routes: [notes, { ...order, scopes: [] }, create] },
    [
      'danger any token: GET /orders/:id: has no scope any more: any token gets in',
      'GET /orders/1, a token with no scope: insufficient_scope → let in',
    ],
  ],
  [
    'a literal route before a parameter',
    { routes: [notes, { ...order, path: '/orders/new', public: true, scopes: [] }, create] },
    [
      'danger anybody, without a token: GET /orders/new: becomes public: no token is asked for (GET /orders/:id before)',
      'GET /orders/new, no token: unauthorized → let in',
      'notice tier free, tokens without a tier: GET /orders/new: tier free: 100 a minute → tier anonymous: 50 a minute',
      'GET /orders/new, a token with read:orders of tier free, after 50 calls: let in → rate_limited',
      'notice tier pro: GET /orders/new: tier pro: 500 a minute → tier anonymous: 50 a minute',
      'GET /orders/new, a token with read:orders of tier pro, after 50 calls: let in → rate_limited',
      'notice tokens with read:orders: GET /orders/:id: no longer listed: denied',
      'GET /orders/1, a token with read:orders: let in → forbidden',
    ],
  ],
  [
    'a call that cost refused is admitted',
    { routes: [notes, order, { ...create, cost: 4 }] },
    [
      'danger tier free, tier pro, tokens without a tier: POST /orders: costs 5 → 4',
      'POST /orders, a token with write:orders of tier free, after 20 calls: rate_limited → let in',
    ],
  ],
  [
    'a lower cost, a lower limit: no more calls for that route, fewer for the others',
    {
      tiers: { ...INPUT.tiers, pro: [{ limit: 400, window: '1m' }], free: [{ limit: 80, window: '1m' }] },
      routes: [notes, order, { ...create, cost: 4 }],
    },
    [
      'notice tier free, tokens without a tier: GET /orders/:id: tier free: 100 a minute → 80 a minute',
      'GET /orders/1, a token with read:orders of tier free, after 80 calls: let in → rate_limited',
      'notice tier pro: GET /orders/:id: tier pro: 500 a minute → 400 a minute',
      'GET /orders/1, a token with read:orders of tier pro, after 400 calls: let in → rate_limited',
    ],
  ],
  [
    'a limit by organisation becomes one by user',
    { tiers: { ...INPUT.tiers, free: [{ limit: 100, window: '1m', by: 'user' }] } },
    expect.arrayContaining([
      'danger tier free, tokens without a tier: GET /orders/:id, POST /orders: tier free: 100 a minute → 100 a minute by organisation/user',
      'GET /orders/1, a token with read:orders of tier free, after 100 calls by 2 callers with one organisation: rate_limited → let in',
    ]) as string[],
  ],
  [
    'a longer window',
    {
      tiers: {
        ...INPUT.tiers,
        free: [
          { limit: 100, window: '1m' },
          { limit: 150, window: '1h' },
        ],
      },
    },
    [
      'notice tier free, tokens without a tier: GET /orders/:id, POST /orders: tier free: 100 a minute → 100 a minute, 150 an hour',
      'GET /orders/1, a token with read:orders of tier free, after 150 calls by 2 callers with one organisation within 1m2s: let in → rate_limited',
    ],
  ],
  [
    'open in an outage, and not sensitive',
    { routes: [notes, order, { ...create, onStoreFailure: 'open', sensitive: false }] },
    [
      'danger tier free, tier pro, tokens without a tier: POST /orders: without a store: closed → open',
      'POST /orders, a token with write:orders of tier free, while the rate-limit store does not answer: temporarily_unavailable → let in',
      'danger tokens with write:orders: POST /orders: is no longer sensitive: open while revocations are not known',
      'POST /orders, a token with write:orders, while revocations cannot be read: temporarily_unavailable → let in',
    ],
  ],
  [
    'no tier of callers without a token',
    { tiers: { free: INPUT.tiers.free, pro: INPUT.tiers.pro } },
    expect.arrayContaining([
      'danger anybody, without a token: GET /notes: tier anonymous: 50 a minute → not counted',
      'GET /notes, no token, after 50 calls: rate_limited → let in',
    ]) as string[],
  ],
  [
    'longer lives',
    { lifetimes: { accessToken: '1h', session: '24h' } },
    [
      'danger tokens that live 1h: the API: longest life of access tokens 15m → 1h',
      'GET /orders/1, a token with read:orders that lives 1h: invalid_token → let in',
      'danger who has logged in: the API: longest life of sessions 8h → 24h',
    ],
  ],
  [
    'another issuer',
    { issuer: 'https://login.example.com' },
    [
      'danger tokens of https://login.example.com: the API: trusts tokens of another issuer: https://auth.example.com → https://login.example.com',
      'GET /orders/1, a token with read:orders of https://login.example.com for https://api.example.com: invalid_token → let in',
      'notice tokens of https://auth.example.com: the API: trusts tokens of another issuer: https://auth.example.com → https://login.example.com',
      'GET /orders/1, a token with read:orders of https://auth.example.com for https://api.example.com: let in → invalid_token',
    ],
  ],
  [
    'every page',
    { cors: { origins: ['*'] } },
    [
      'danger pages of every other origin: the API: may call it with a browser',
      'GET /notes, a page of https://anywhere.example: not readable → readable',
    ],
  ],
  [
    'another name',
    { name: 'orders' },
    ['notice everybody: the API: the policy is orders-api → orders: all counters begin anew'],
  ],
])('%s', (_, more, expected) => {
  expect(row(changed({}), changed(more))).toEqual(expected);
});

it('says that an encoded slash in a wildcard was refused by itself, and is no more', () => {
  const files = (path: string): Policy =>
    changed({ routes: [{ method: 'GET', path, public: true }, order, create] });
  expect(row(files('/files/*rest'), files('/files/:name'))).toContain(
    'GET /files/%2F, no token: invalid_request → let in',
  );
});

it('grades what only calls of several routes together show by the limits themselves, as a plan does', () => {
  const limits = [{ limit: 50, window: '1m' }] as const;
  const routes = [notes, { ...order, limits }, { ...create, limits }];
  const [lower, higher] = [100, 150].map((limit) =>
    changed({ routes, tiers: { ...INPUT.tiers, free: [{ limit, window: '1m' }] } }),
  ) as [Policy, Policy];
  const said = 'tier free, tokens without a tier: GET /orders/:id, POST /orders: tier free:';
  expect(row(lower, higher)).toEqual([`danger ${said} 100 a minute → 150 a minute`]);
  expect(row(higher, lower)).toEqual([`notice ${said} 150 a minute → 100 a minute`]);
});

it('says of two versions in one order the reverse of what it says in the other', () => {
  const random = seeded(3_028);
  for (let index = 0; index < runs(500); index += 1) {
    const { was, will } = mutatedPair(random);
    const told = (direction: string, from: Policy, to: Policy) =>
      comparePolicies(from, to)
        .filter((change) => change.direction === direction)
        .flatMap(({ aspect, witness }) => (witness === undefined ? [] : [`${aspect} ${witness.path}`]));
    expect(new Set(told('widening', was, will))).toEqual(new Set(told('narrowing', will, was)));
    expect(comparePolicies(was, was)).toEqual([]);
  }
});

it('gets the same policy through JSON', () => {
  const random = seeded(4_028);
  const policies = [example, changed({}), ...Array.from({ length: 50 }, () => mutatedPair(random).will)];
  for (const policy of policies) {
    // Where clients are sent to pay decides nothing.
    const sent = JSON.stringify({ ...policy, upgradeUrl: undefined });
    const told = definedBy(recordSchema.parse(JSON.parse(sent)));
    expect(JSON.parse(JSON.stringify(told))).toEqual(JSON.parse(sent));
  }
});

it('lets no name of a policy become Markdown, a mention or a control sequence, and stays below what GitHub takes', () => {
  const scopes = ['</details>', '![x](https://evil.example/x.png)', '@everyone', '|', '`'];
  const routes = Array.from({ length: 400 }, (_, index) => ({
    method: 'GET',
    path: `/r${index}`,
    scopes: [...scopes, `s${index}`],
  }));
  const diff = policyDiff(
    'orders-api',
    'origin/@everyone\u001b[2J',
    comparePolicies(changed({}), changed({ routes })),
  );
  const markdown = renderMarkdown(diff);
  expect(markdown).not.toMatch(/<\/details>!|!\[|@everyone/);
  expect(markdown.length).toBeLessThan(65_536);
  expect(markdown).toMatch(/^<!-- portcullis-policy-diff orders-api -->\n### 🔴? ?/u);
  expect(stripVTControlCharacters(renderTable(diff, (_, text) => text))).toContain('400 widenings');
  const sarif = JSON.parse(renderSarif(diff, 'portcullis.config.ts')) as {
    runs: { results: { level: string }[] }[];
  };
  expect(sarif.runs[0]?.results[0]).toMatchObject({ ruleId: 'policy-diff/widening-access', level: 'note' });
});
