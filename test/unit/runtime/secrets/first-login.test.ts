import { SecretsError } from '../../../../runtime/src/secrets/errors';
import { loginWithin } from '../../../../runtime/src/secrets/vault/first-login';
import { manualClock } from '../../../support/clock';

/** Whole waits, as the dice would have them at their longest. */
const LONGEST = 0.999_999;

it('a start that waits for Vault notices within a second that it answers', async () => {
  const clock = manualClock(0, () => LONGEST);
  const asked: number[] = [];
  const login = (): Promise<void> => {
    asked.push(clock.monotonic());
    return Promise.reject(new SecretsError('ERR_VAULT_UNREACHABLE', 'sealed'));
  };
  const waiting = loginWithin(30_000, { login } as never, clock).catch((error: unknown) => error);
  await clock.advance(40_000);
  expect(await waiting).toMatchObject({ code: 'ERR_VAULT_UNREACHABLE' });
  const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
  expect(Math.max(...pauses)).toBeLessThanOrEqual(1_000);
  // And it asks until its time is over.
  expect(asked.at(-1)).toBeGreaterThan(28_000);
});
