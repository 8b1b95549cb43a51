/** What answers say is left of a client's own limit, held against what its calls cost. */
import { judgeLimits } from '../../../../cli/src/verify/judge/limits';
import { Ledger } from '../../../../cli/src/verify/judge/ledger';
import type { Exchange } from '../../../../cli/src/verify/target/exchange';

const LIMIT = { quota: 100, windowSeconds: 60, isOwn: true, ofRoute: false };
const NOW = 'Mon, 30 Nov 2026 04:00:00 GMT';

/** A call of a cost, whose answer says that so much is left. */
const call = (cost: number, remaining: number): Exchange => ({
  probe: {
    ...{ check: 'let-in', subject: 'POST /orders', method: 'POST', target: '/orders' },
    ...{ credentials: { is: 'none' }, expected: { is: 'refused' }, counter: 'pro', cost },
    ...{ paced: [LIMIT], limits: [LIMIT] },
  },
  answer: {
    status: 200,
    headers: {
      'ratelimit-policy': '"pro";q=100;w=60',
      ratelimit: `"pro";r=${remaining};t=30`,
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': String(Date.parse(NOW) / 1_000 + 30),
      date: NOW,
    },
    body: '',
  },
  ...{ secrets: [], sentAt: 0, receivedAt: 1 },
});

/** The finding of a call of 20, after one that left 90. */
function judged(remaining: number, following: readonly Exchange[] = []): ReturnType<typeof judgeLimits> {
  const ledger = new Ledger();
  ledger.note(call(10, 90));
  return judgeLimits(call(20, remaining), ledger, following);
}

it('a call takes what it costs', () => {
  expect(judged(70)).toEqual({ outcome: 'verified' });
});

it('what took more is not verified: somebody else may have spent', () => {
  expect(judged(55)).toMatchObject({ outcome: 'unverified' });
  expect(judged(55, [call(1, 54), call(1, 53), call(1, 52)])).toMatchObject({ outcome: 'unverified' });
});

it('what took more and is told as left again just after it was held by an instance', () => {
  expect(judged(55, [call(1, 54), call(1, 68)])).toEqual({ outcome: 'verified' });
});
