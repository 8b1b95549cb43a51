import { RenewingToken } from '../../../../../runtime/src/auth/client-credentials/renewing-token';
import type { Tokens } from '../../../../../runtime/src/auth/provider/provider';
import { manualClock, settled, type ManualClock } from '../../../../support/clock';

const LIFE_SECONDS = 1_000;
let clock: ManualClock;
let requests: number;
let answer: () => Promise<Tokens>;
let source: RenewingToken;

beforeEach(() => {
  clock = manualClock();
  requests = 0;
  answer = () => Promise.resolve({ accessToken: `token-${requests}`, lifeSeconds: LIFE_SECONDS });
  source = new RenewingToken({
    clock,
    request: () => {
      requests += 1;
      return answer();
    },
  });
});

it('many who ask at once cause one request', async () => {
  const tokens = await Promise.all(Array.from({ length: 30 }, () => source.get()));
  expect(new Set(tokens)).toEqual(new Set(['token-1']));
  expect(requests).toBe(1);
});

it('is renewed after four fifths of its life, while the old one is given out', async () => {
  await source.get();
  clock.freeze(799_999);
  await source.get();
  await settled();
  expect(requests).toBe(1);

  clock.freeze(1);
  await expect(source.get()).resolves.toBe('token-1');
  await settled();
  expect(requests).toBe(2);
  await expect(source.get()).resolves.toBe('token-2');
});

it('asks for nothing while nobody asks for it', async () => {
  await source.get();
  await clock.advance(10 * LIFE_SECONDS * 1_000);
  expect(requests).toBe(1);
  expect(clock.pending()).toBe(0);
});

it('a life counts from the request, not from the answer', async () => {
  answer = () => {
    clock.freeze(300_000);
    return Promise.resolve({ accessToken: `token-${requests}`, lifeSeconds: LIFE_SECONDS });
  };
  await source.get();
  clock.freeze(500_000);
  await source.get();
  await settled();
  expect(requests).toBe(2);
});

describe('while renewing fails', () => {
  const broken = new Error('the provider is gone');
  beforeEach(async () => {
    await source.get();
    answer = () => Promise.reject(broken);
    clock.freeze(800_000);
  });

  it('the old token serves to five seconds before its end, and the attempts back off', async () => {
    for (let second = 800; second < 995; second += 1) {
      await expect(source.get()).resolves.toBe('token-1');
      await settled();
      clock.freeze(1_000);
    }
    // 0.5 + 1 + 2 + 4 + 8 + 16 + 30 + 30 + … seconds at three fifths, rounded up to whole ones.
    expect(requests).toBeGreaterThan(5);
    expect(requests).toBeLessThan(18);
    await expect(source.get()).rejects.toBe(broken);
  });

  it('then the error is given without asking each time, until one attempt succeeds', async () => {
    clock.freeze(200_000);
    await expect(source.get()).rejects.toBe(broken);
    await expect(source.get()).rejects.toBe(broken);
    expect(requests).toBe(2);
    answer = () => Promise.resolve({ accessToken: 'healed', lifeSeconds: LIFE_SECONDS });
    clock.freeze(1_000);
    await expect(source.get()).resolves.toBe('healed');
  });
});
