import { backoffMs } from '../../time/backoff';
import { pause, type Clock } from '../../time/clock';
import { SecretsError } from '../errors';
import { isTransient } from './failure';
import type { TokenKeeper } from './token-keeper';

/** A start has half a minute, and nothing to serve meanwhile: it looks again soon. */
const PAUSES = { firstMs: 500, longestMs: 1_000 };

/**
 * The login of a start: waits for a Vault that is unreachable, sealed or throttling, as long as the next attempt
 * would still be within the bound.
 *
 * @throws SecretsError of the last attempt, at once where waiting cannot mend it.
 */
export async function loginWithin(boundMs: number, keeper: TokenKeeper, clock: Clock): Promise<void> {
  const end = clock.monotonic() + boundMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await keeper.login();
      return;
    } catch (error) {
      const retryAfterMs = error instanceof SecretsError ? error.retryAfterMs : 0;
      const wait = retryAfterMs + backoffMs(attempt, clock.random(), PAUSES);
      if (!isTransient(error) || clock.monotonic() + wait > end) throw error;
      await pause(clock, wait);
    }
  }
}
