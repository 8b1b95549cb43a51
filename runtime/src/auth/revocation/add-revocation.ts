import { systemClock as clock } from '../../time/clock';
import { denialsReader } from './denials';
import { longestLife } from './deny-lists';
import { RevocationNotStoredError } from './errors';
import { resolveRevocation, type RevocationOptions } from './options';
import type { Revocation } from './revocation-list';
import { RevocationStream } from './stream';

/**
 * Options of `addRevocation()`. Its Redis user needs XADD on the key `portcullis:{<policy's name>}:revocations`, and
 * nothing else.
 */
export type AddRevocationOptions = Omit<RevocationOptions, 'onEvent'>;

/**
 * Adds one revocation, from a command or a job that does not follow them itself. Within a second after this resolves it is
 * in force on every instance that follows the same Redis.
 *
 * @throws AuthOptionsError with every problem of the options at once.
 * @throws RevocationInvalidError if it does not say whose tokens are revoked, or is malformed.
 * @throws RevocationNotStoredError if Redis did not confirm it within a second. Adding it again does no harm.
 *
 * @example
 * await addRevocation({ policy, redis }, { issuer: policy.issuer, organisation: 'acme' });
 */
export async function addRevocation(options: AddRevocationOptions, revocation: Revocation): Promise<void> {
  const { policy, redis, issuers, toleranceSeconds } = resolveRevocation(options);
  const denials = denialsReader(issuers, toleranceSeconds)(revocation, clock.wall() / 1_000);
  const stream = new RevocationStream(redis, policy.name, longestLife(policy, toleranceSeconds), clock);
  await stream.add(denials).catch((cause: unknown) => {
    throw new RevocationNotStoredError(cause, 'Redis did not confirm the revocation: add it again');
  });
}
