import type { AuthEvent } from '../../../../../runtime/src/auth';
import type { Algorithm } from '../../../../../runtime/src/auth/keys/algorithms';
import type { SigningKey } from '../../../../../runtime/src/auth/keys/jwks';
import { KeySet } from '../../../../../runtime/src/auth/keys/key-set';
import { discoverJwksUri } from '../../../../../runtime/src/auth/keys/jwks-uri';
import { manualClock, settled, type ManualClock } from '../../../../support/clock';
import { makeKey, type TestKey } from '../../../../support/auth/issuer';
import { published, type Published } from '../../../../support/auth/published';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ISSUER = 'https://auth.example.com';

let first: TestKey;
let second: TestKey;
let clock: ManualClock;
let issuer: Published;
let events: AuthEvent[];
let keys: KeySet;

beforeAll(async () => {
  [first, second] = await Promise.all([makeKey('key-1', 'ES256'), makeKey('key-2', 'ES256')]);
});

beforeEach(async () => {
  clock = manualClock();
  events = [];
  issuer = published(ISSUER);
  issuer.publish(first);
  keys = keySet();
  await settled();
});

afterEach(() => keys.close());

function keySet(): KeySet {
  return new KeySet({
    issuer: ISSUER,
    locate: () => discoverJwksUri(ISSUER, issuer.fetchJson),
    fetchJson: issuer.fetchJson,
    clock,
    onEvent: (event) => events.push(event),
    onWithdrawn: () => undefined,
  });
}

const find = async (id: string): Promise<unknown> => (await keys.find(id, 'ES256'))[0];
/** The one key that may have signed. */
function peek(id: string | undefined, algorithm: Algorithm = 'ES256'): SigningKey | undefined {
  const candidates = keys.peek(id, algorithm);
  expect(candidates?.length ?? 1).toBe(1);
  return candidates?.[0];
}
const told = (type: AuthEvent['type']): number => events.filter((event) => event.type === type).length;

describe('a set of keys', () => {
  it('is fetched when it is made, before anyone asks', () => {
    expect(keys.usable).toBe(true);
    expect(peek('key-1')).toMatchObject({ id: 'key-1' });
    expect(issuer.fetches()).toBe(1);
  });

  it('is fetched again before it is five minutes old, so that nobody waits for it', async () => {
    for (let minute = 0; minute < 30; minute += 1) {
      await clock.advance(MINUTE);
      expect(peek('key-1')).toBeDefined();
    }
    expect(issuer.fetches()).toBeGreaterThanOrEqual(1 + Math.floor(30 / 4));
    expect(issuer.fetches()).toBeLessThanOrEqual(1 + Math.ceil(30 / 3.6));
  });

  it('is fetched first by a process that was frozen past that', async () => {
    clock.freeze(6 * MINUTE);
    expect(peek('key-1')).toBeUndefined();
    await expect(find('key-1')).resolves.toMatchObject({ id: 'key-1' });
    expect(issuer.fetches()).toBe(2);
  });

  it('keeps the object of a key that stays, and marks one that went', async () => {
    const before = peek('key-1')!;
    issuer.publish(first, second);
    await clock.advance(4 * MINUTE);
    expect(peek('key-1')).toBe(before);
    issuer.publish(second);
    await clock.advance(4 * MINUTE);
    expect(before.withdrawn).toBe(true);
    expect(keys.vouchesFor(before)).toBe(false);
    expect(events).toContainEqual({ type: 'keys_refreshed', issuer: ISSUER, keys: 1, withdrawn: 1 });
  });

  it('gives a key for its own algorithm only', () => {
    expect(peek('key-1', 'RS256')).toBeUndefined();
  });

  it('asks no more once it is closed', async () => {
    keys.close();
    await clock.advance(60 * MINUTE);
    expect([issuer.fetches(), clock.pending()]).toEqual([1, 0]);
  });
});

describe('a key that is not in the set', () => {
  it('is looked for at once: an issuer may rotate without notice', async () => {
    issuer.publish(first, second);
    await expect(find('key-2')).resolves.toMatchObject({ id: 'key-2' });
    expect(issuer.fetches()).toBe(2);
  });

  it('causes one fetch, however many ask', async () => {
    issuer.publish(first, second);
    const found = await Promise.all(Array.from({ length: 50 }, () => find('key-2')));
    expect(new Set(found).size).toBe(1);
    expect(issuer.fetches()).toBe(2);
  });

  it('causes no other fetch for ten seconds if that one was fruitless', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => find(`invented-${i}`)));
    expect(asked.every((result) => result.status === 'rejected')).toBe(true);
    await expect(find('invented')).rejects.toMatchObject({ reason: 'unknown_key' });
    expect(issuer.fetches()).toBe(2);
    await clock.advance(9 * SECOND);
    await expect(find('invented')).rejects.toMatchObject({ reason: 'unknown_key' });
    expect(issuer.fetches()).toBe(2);
    await clock.advance(SECOND);
    await expect(find('invented')).rejects.toMatchObject({ reason: 'unknown_key' });
    expect(issuer.fetches()).toBe(3);
  });

  it('causes one fetch for all who asked while another was under way', async () => {
    const cold = keySet();
    await Promise.allSettled(Array.from({ length: 50 }, (_, i) => cold.find(`invented-${i}`, 'ES256')));
    expect(issuer.fetches() - 1).toBe(2);
    cold.close();
  });

  it('costs an issuer at most a fetch every ten seconds, whatever is invented', async () => {
    for (let tick = 0; tick < 600; tick += 1) {
      await clock.advance(100);
      await find(`invented-${tick}`).catch(() => undefined);
    }
    expect(issuer.fetches()).toBeLessThanOrEqual(1 + 6 + 1);
  });

  it('does not make a good key wait', async () => {
    await find('invented').catch(() => undefined);
    expect(peek('key-1')).toBeDefined();
  });

  it('may be asked for twice in a row if the issuer published it: rotations are not attacks', async () => {
    const third = await makeKey('key-3', 'ES256');
    issuer.publish(first, second);
    await find('key-2');
    issuer.publish(second, third);
    await expect(find('key-3')).resolves.toMatchObject({ id: 'key-3' });
  });

  it('without an identifier may be any that fits; under one identifier, any that has it', async () => {
    expect(peek(undefined)).toMatchObject({ id: 'key-1' });
    issuer.publish(first, second);
    await clock.advance(4 * MINUTE);
    expect(keys.peek(undefined, 'ES256')?.map(({ id }) => id)).toEqual(['key-1', 'key-2']);
    issuer.publish({ ...second.publicJwk, kid: 'key-1' }, first);
    await clock.advance(4 * MINUTE);
    expect(keys.peek('key-1', 'ES256')).toHaveLength(2);
  });

  it('is tried for with ten keys at most: a forged token costs no more', async () => {
    const many = await Promise.all(Array.from({ length: 12 }, (_, at) => makeKey(`key-${at}`, 'ES256')));
    issuer.publish(...many);
    await clock.advance(4 * MINUTE);
    expect(told('keys_left_untried')).toBe(0);
    for (let times = 0; times < 3; times += 1) expect(keys.peek(undefined, 'ES256')).toHaveLength(10);
    expect(peek('key-11')).toMatchObject({ id: 'key-11' });
    expect(events.filter(({ type }) => type === 'keys_left_untried')).toEqual([
      { type: 'keys_left_untried', issuer: ISSUER, keys: 12, tried: 10 },
    ]);
  });
});

describe('while the issuer is down', () => {
  beforeEach(() => issuer.goDown());

  it('the last set serves for an hour from its fetch, and not a moment longer', async () => {
    await clock.advance(60 * MINUTE - 1);
    expect([keys.usable, peek('key-1')?.id]).toEqual([true, 'key-1']);
    await clock.advance(1);
    expect([keys.usable, peek('key-1')]).toEqual([false, undefined]);
    await expect(find('key-1')).rejects.toMatchObject({ code: 'ERR_KEYS_UNAVAILABLE' });
  });

  it('an unknown key is an outage, not a refusal', async () => {
    await expect(find('key-2')).rejects.toMatchObject({ code: 'ERR_KEYS_UNAVAILABLE' });
  });

  it('it is asked less and less often, every 30 s at last', async () => {
    const failedAt: number[] = [];
    await clock.advance(3 * MINUTE);
    for (let failures = told('keys_unavailable'); failedAt.length < 9;) {
      await clock.advance(50);
      if (told('keys_unavailable') === failures) continue;
      failures = told('keys_unavailable');
      failedAt.push(clock.monotonic());
    }
    const gaps = failedAt.slice(1).map((time, index) => time - failedAt[index]!);
    // The clock's dice lie in the middle: each pause is three fifths of its longest.
    const expected = [0.5, 1, 2, 4, 8, 16, 30, 30].map((seconds) => 0.6 * seconds * SECOND);
    for (const [index, gap] of gaps.entries()) {
      expect(Math.abs(gap - expected[index]!)).toBeLessThanOrEqual(50);
    }
  });

  it('callers do not make it be asked more often, and are told when to come back', async () => {
    clock.freeze(61 * MINUTE);
    await find('key-1').catch(() => undefined);
    const failures = told('keys_unavailable');
    for (let i = 0; i < 20; i += 1) {
      await expect(find('key-1')).rejects.toMatchObject({ retryAfterSeconds: 1 });
    }
    expect(told('keys_unavailable')).toBe(failures);
  });

  it('its error does not hold what was asked for', async () => {
    const error: unknown = await find('hostile-key-identifier').catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain('hostile');
  });

  it('heals by itself', async () => {
    await clock.advance(90 * MINUTE);
    expect(keys.usable).toBe(false);
    issuer.comeUp();
    await clock.advance(30 * SECOND);
    expect(peek('key-1')).toBeDefined();
  });
});

describe('an issuer that is not up when the app starts', () => {
  it('is asked again until it is; nobody has to call', async () => {
    issuer.goDown();
    const late = keySet();
    await settled();
    expect(late.usable).toBe(false);
    await expect(late.find('key-1', 'ES256')).rejects.toMatchObject({ code: 'ERR_KEYS_UNAVAILABLE' });
    await clock.advance(5 * MINUTE);
    issuer.comeUp();
    await clock.advance(30 * SECOND);
    expect(late.usable).toBe(true);
    late.close();
  });

  it('that lost all of its keys keeps the set it had', async () => {
    issuer.publish({ kty: 'oct', k: 'c2VjcmV0', kid: 'key-1' });
    await clock.advance(5 * MINUTE);
    expect(peek('key-1')).toMatchObject({ id: 'key-1' });
    expect(told('keys_unavailable')).toBeGreaterThan(0);
  });

  it('that moved its keys is found through discovery after one failure', async () => {
    let path = '/jwks';
    const moved = new KeySet({
      issuer: ISSUER,
      locate: () => Promise.resolve(`${ISSUER}${path}`),
      fetchJson: (url) =>
        url.endsWith(path) ? Promise.resolve({ keys: [first.publicJwk] }) : Promise.reject(new Error('404')),
      clock,
      onEvent: () => undefined,
      onWithdrawn: () => undefined,
    });
    await settled();
    path = '/new-jwks';
    await clock.advance(6 * MINUTE);
    expect(moved.vouchesFor(moved.peek('key-1', 'ES256')![0]!)).toBe(true);
    moved.close();
  });
});
