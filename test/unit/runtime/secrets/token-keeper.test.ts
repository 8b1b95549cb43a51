import { SecretsError, type SecretsEvent } from '@portcullis/runtime';
import { systemClock } from '../../../../runtime/src/time/clock';
import type { Grant } from '../../../../runtime/src/secrets/login/method';
import { Scheduler } from '../../../../runtime/src/secrets/scheduler';
import { Secret } from '../../../../runtime/src/secrets/secret';
import { VaultAccess } from '../../../../runtime/src/secrets/vault/access';
import type { Answer } from '../../../../runtime/src/secrets/vault/answer';
import { TokenKeeper } from '../../../../runtime/src/secrets/vault/token-keeper';
import { manualClock } from '../../../support/clock';

const HOUR_S = 3_600;
const HOUR = HOUR_S * 1_000;
const refusedLogin = new SecretsError('ERR_VAULT_LOGIN_REFUSED', 'the secret ID is spent');
const sealed: Answer = { kind: 'sealed', retryAfterMs: 0 };
const renewed = (seconds: number): Answer => ({
  kind: 'ok',
  body: { auth: { client_token: '', accessor: '', lease_duration: seconds, renewable: true } },
});

interface Script {
  /** What a login says. @default a token of an hour */
  login?: () => Promise<Grant>;
  /** What any other request is answered. @default a renewal for an hour */
  answer?: (path: string, token: string | undefined) => Answer;
}

/** A keeper on a fake clock, against answers that the test scripts; the real server is asked in test/integration. */
function keeperOf(script: Script = {}, { withoutTokenMs = 60_000 } = {}) {
  const clock = manualClock();
  const scheduler = new Scheduler(clock);
  const events: SecretsEvent[] = [];
  const requests: { readonly path: string; readonly at: number }[] = [];
  const replaced: number[] = [];
  const gaveUp: { readonly at: number; readonly code: string }[] = [];
  const abort = new AbortController();
  let logins = 0;
  const vault = {
    send: ({ path, token }: { path: string; token?: Secret }): Promise<Answer> => {
      requests.push({ path, at: clock.monotonic() });
      return Promise.resolve(script.answer?.(path, token?.reveal()) ?? renewed(HOUR_S));
    },
  };
  const keeper = new TokenKeeper({
    vault,
    clock,
    method: {
      name: 'scripted',
      login: () => {
        logins += 1;
        return (
          script.login?.() ?? Promise.resolve({ token: new Secret(`token-${logins}`), ttlSeconds: HOUR_S })
        );
      },
    },
    emit: (event) => events.push(event),
    signal: abort.signal,
    onReplaced: () => replaced.push(clock.monotonic()),
    onChange: () => scheduler.wake(),
    withoutTokenMs,
    onLoginImpossible: ({ code }) => gaveUp.push({ at: clock.monotonic(), code }),
  });
  scheduler.add(keeper);
  const access = new VaultAccess(vault, keeper, abort.signal);
  return {
    ...{ clock, keeper, access, script, events, requests, replaced, gaveUp },
    logins: () => logins,
    of: (type: SecretsEvent['type']) => events.filter((event) => event.type === type),
  };
}

test('a periodic token is renewed for ever: 90 days, one login, never a moment without', async () => {
  const { keeper, clock, logins, of } = keeperOf();
  await keeper.login();
  for (let day = 0; day < 90; day += 1) {
    await clock.advance(24 * HOUR);
    expect(keeper.state).toMatchObject({ valid: true, nextAction: 'renew', lastError: undefined });
  }
  expect(logins()).toBe(1);
  // Every 0.70 to 0.73 of an hour.
  expect(of('token_renewed').length / 90).toBeGreaterThanOrEqual(24 / 0.73);
  expect(of('token_renewed').length / 90).toBeLessThanOrEqual(24 / 0.7);
});

test.each([NaN, -1, undefined, '3600', Infinity])(
  'a login method of somebody’s own that gives a token for %p seconds is asked again after pauses, not all the time',
  async (ttlSeconds) => {
    const { keeper, clock, logins, of } = keeperOf({
      login: () => Promise.resolve({ token: new Secret('token'), ttlSeconds: ttlSeconds as number }),
    });
    await expect(keeper.login()).rejects.toMatchObject({ code: 'ERR_LOGIN_SOURCE' });
    await clock.advance(60_000);
    expect(logins()).toBeLessThan(20);
    expect(of('token_obtained')).toEqual([]);
  },
);

test('a token of 768 hours is renewed at its time; Node would let such a timer fire at once', () => {
  jest.useFakeTimers();
  try {
    const fired = jest.fn();
    systemClock.after(768 * HOUR, fired);
    jest.advanceTimersByTime(768 * HOUR - 1);
    expect(fired).not.toHaveBeenCalled();
    jest.advanceTimersByTime(2);
    expect(fired).toHaveBeenCalledTimes(1);
  } finally {
    jest.useRealTimers();
  }
});

test('a renewal that grants less than was asked for leads to a login while the old token still lives', async () => {
  const grants = [HOUR_S, 600];
  const { keeper, clock, logins, replaced } = keeperOf({ answer: () => renewed(grants.shift() ?? HOUR_S) });
  const old = await keeper.login();
  await clock.advance(2 * HOUR);
  expect(logins()).toBe(2);
  expect(replaced).toHaveLength(1);
  expect(old.deadline - replaced[0]!).toBeCloseTo(600_000);
});

test('while Vault is sealed the token is renewed again and again, for the last time shortly before its end', async () => {
  const { keeper, clock, requests, logins, gaveUp, script } = keeperOf({ answer: () => sealed });
  const { deadline } = await keeper.login();
  await clock.advance(HOUR - 1);
  expect(keeper.state).toMatchObject({ valid: true, lastError: { code: 'ERR_VAULT_SEALED' } });
  expect(requests.length).toBeGreaterThan(20);
  expect(requests.at(-1)).toMatchObject({ path: 'auth/token/renew-self' });
  expect(deadline - requests.at(-1)!.at).toBeLessThanOrEqual(2_000);
  expect(logins()).toBe(1);

  delete script.answer;
  await clock.advance(31_000);
  expect(keeper.state).toMatchObject({ valid: true, lastError: undefined });
  expect(logins()).toBe(2);
  expect(gaveUp).toEqual([]);
});

test('a renewal that is answered 500, as past the maximum, leads to a login at once', async () => {
  const { keeper, clock, logins } = keeperOf({
    answer: () => ({ kind: 'failed', status: 500, messages: ['past the max TTL'], retryAfterMs: 0 }),
  });
  await keeper.login();
  await clock.advance(0.73 * HOUR);
  expect(logins()).toBe(2);
});

test('where a login is refused near the maximum, the old token is used and renewed to its end', async () => {
  const { keeper, clock, requests, script } = keeperOf({ answer: () => renewed(600) });
  await keeper.login();
  script.login = () => Promise.reject(refusedLogin);
  await clock.advance(0.8 * HOUR);
  expect(keeper.state).toMatchObject({ valid: true, nextAction: 'renew' });
  expect(requests.length).toBeGreaterThan(5);
  script.answer = () => renewed(HOUR_S);
  await clock.advance(31_000);
  expect(keeper.state).toMatchObject({ valid: true, lastError: undefined });
});

test('Retry-After is waited for', async () => {
  const { keeper, clock, requests } = keeperOf({
    answer: () => ({ kind: 'throttled', retryAfterMs: 20_000 }),
  });
  await keeper.login();
  await clock.advance(0.9 * HOUR);
  const pauses = requests.slice(1).map(({ at }, index) => at - requests[index]!.at);
  expect(pauses.length).toBeGreaterThan(5);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(20_000);
});

test('where no login is possible the service turns not-ready at once, and gives up once, after the bound', async () => {
  const { keeper, clock, gaveUp, script } = keeperOf({ answer: () => ({ kind: 'denied', messages: [] }) });
  await keeper.login();
  script.login = () => Promise.reject(refusedLogin);
  const { nextAt } = keeper.state;
  await clock.advance(nextAt - clock.monotonic());
  expect(keeper.state).toMatchObject({ valid: false, lastError: { code: 'ERR_VAULT_LOGIN_REFUSED' } });
  expect(() => keeper.session).toThrow(refusedLogin);

  await clock.advance(59_000);
  expect(gaveUp).toEqual([]);
  await clock.advance(10 * HOUR);
  expect(gaveUp).toEqual([{ at: nextAt + 60_000, code: 'ERR_VAULT_LOGIN_REFUSED' }]);
});

test('a process that did not end may still be healed by a new secret ID', async () => {
  const { keeper, clock, gaveUp, script } = keeperOf({ answer: () => ({ kind: 'denied', messages: [] }) });
  await keeper.login();
  script.login = () => Promise.reject(refusedLogin);
  await clock.advance(2 * HOUR);
  expect(gaveUp).toHaveLength(1);

  delete script.login;
  delete script.answer;
  await clock.advance(31_000);
  expect(keeper.state).toMatchObject({ valid: true, lastError: undefined });
});

test('a process that was stopped for longer than its token lives logs in anew', async () => {
  const { keeper, clock, logins, replaced } = keeperOf({
    answer: () => ({ kind: 'denied', messages: [] }),
  });
  await keeper.login();
  clock.freeze(10 * HOUR);
  await clock.advance(0);
  expect(logins()).toBe(2);
  expect(replaced).toHaveLength(1);
  expect(keeper.state.valid).toBe(true);
});

test('a hundred requests that meet a dead token share one login, and those that come late use its token', async () => {
  const { keeper, access, logins } = keeperOf({
    answer: (_path, token) =>
      token === 'token-1' ? { kind: 'denied', messages: [] } : { kind: 'ok', body: {} },
  });
  await keeper.login();
  const request = { method: 'GET', path: 'x', subject: 'x', grantedBy: 'X' } as const;
  await Promise.all(Array.from({ length: 100 }, () => access.request(request)));
  expect(logins()).toBe(2);
});

test('a policy that denies lookup-self is named, and costs one login, not one for each denied request', async () => {
  const { keeper, access, logins } = keeperOf({ answer: () => ({ kind: 'denied', messages: [] }) });
  await keeper.login();
  const request = { method: 'GET', path: 'secret/data/x', subject: 'x', grantedBy: 'KvEntry' } as const;
  await expect(access.request(request)).rejects.toMatchObject({ path: 'auth/token/lookup-self' });
  for (let again = 0; again < 3; again += 1) {
    await expect(access.request(request)).rejects.toMatchObject({ path: 'secret/data/x' });
  }
  expect(logins()).toBe(2);
});

test('fifty instances that fail together do not come back together', async () => {
  const attempts: number[] = [];
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      const clock = manualClock(undefined, Math.random);
      const scheduler = new Scheduler(clock);
      const keeper = new TokenKeeper({
        vault: { send: () => Promise.resolve(sealed) },
        clock,
        method: {
          name: 'down',
          login: () => {
            attempts.push(clock.monotonic());
            return Promise.reject(new SecretsError('ERR_VAULT_UNREACHABLE', 'down'));
          },
        },
        emit: () => undefined,
        signal: new AbortController().signal,
        onReplaced: () => undefined,
        onChange: () => scheduler.wake(),
        withoutTokenMs: 60_000,
        onLoginImpossible: () => undefined,
      });
      scheduler.add(keeper);
      await keeper.login().catch(() => undefined);
      await clock.advance(120_000);
    }),
  );
  // From the tenth second on no second sees more than half of them.
  const seconds = Array.from({ length: 110 }, (_, second) =>
    attempts.filter((at) => at >= 10_000 + second * 1_000 && at < 11_000 + second * 1_000),
  );
  expect(Math.max(...seconds.map(({ length }) => length))).toBeLessThan(25);
  expect(attempts.length).toBeGreaterThan(50 * 5);
});
