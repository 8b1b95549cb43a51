import { z } from 'zod';
import { toProblem } from '../../policy/errors';
import type { Policy } from '../../policy';
import type { RedisCommands } from '../../redis';
import { AuthOptionsError } from '../errors';
import type { OnAuthEvent } from '../events';
import { definedPolicy, issuerUrl, listener, tolerance } from '../option-schemas';
import { Follower } from './follower';
import type { Revocation } from './denials';
import type { Revocations } from './revocations';

export interface RevocationOptions {
  /** Gives the stream its name, and says how long tokens live. */
  readonly policy: Policy;
  /**
   * A client of node-redis, or the rotating one of `SecretsManager.redisClient()`. Its user needs XADD, XRANGE,
   * EVAL, TIME and PEXPIRE on the keys `portcullis:*`.
   */
  readonly redis: RedisCommands;
  /** Whose tokens may be revoked: those that `requireAuth()` lets in. @default the policy's issuer */
  readonly issuers?: readonly string[];
  /** As `requireAuth()` has it. @default 5 */
  readonly toleranceSeconds?: number;
  /** @default nothing is told */
  readonly onEvent?: OnAuthEvent;
}

/** The revocations that this instance follows, and the way to add to them. */
export interface RevocationList extends Revocations {
  /** Whose tokens may be revoked. */
  readonly issuers: readonly string[];
  /** How far the issuers' clocks may be from this one. */
  readonly toleranceSeconds: number;
  /**
   * Revokes tokens, on this instance at once and on every other within a second after it resolves.
   *
   * @throws RevocationNotStoredError if Redis did not confirm it within a second.
   * @throws RevocationInvalidError if it is not told whose tokens.
   */
  revoke(revocation: Revocation): Promise<void>;
  /** Stops following. */
  close(): void;
}

const schema = z.strictObject({
  policy: definedPolicy,
  redis: z.custom<RedisCommands>(
    (value) => typeof (value as RedisCommands | undefined)?.sendCommand === 'function',
    { error: "expected a client with node-redis' sendCommand" },
  ),
  issuers: z.array(issuerUrl).min(1, 'expected at least one issuer').optional(),
  toleranceSeconds: tolerance.optional(),
  onEvent: listener.optional(),
});

/**
 * Follows the revocations of all instances, for `requireAuth({ revocations })`. A revocation is on every
 * instance within one second; `current` is false on one that has been cut off for longer.
 *
 * @throws AuthOptionsError with every problem of the options at once.
 *
 * @example
 * const revocations = followRevocations({ policy, redis });
 * app.use(requireAuth({ policy, revocations }));
 * await revocations.revoke({ issuer: policy.issuer, subject: 'user-1' });
 */
export function followRevocations(options: RevocationOptions): RevocationList {
  const parsed = schema.safeParse(options);
  if (!parsed.success) throw new AuthOptionsError(parsed.error.issues.map(toProblem));
  return new Follower(options);
}
