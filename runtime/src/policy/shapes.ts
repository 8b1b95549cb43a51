/** Schemas of the parts that several options have. */
import { z } from 'zod';
import { durationSeconds } from './duration';
import { expected } from './expected';

/** RFC 6749 §3.3: a scope is printable ASCII without space, quote or backslash. */
export const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

const aScope = expected('an OAuth scope such as "read:orders" (RFC 6749 §3.3): no spaces or quotes');

export const scope = z.string(aScope).regex(SCOPE, aScope);

/** `true` or `false`. */
export const flag = z.boolean(expected('true or false'));

const aDuration = expected("a duration above zero such as '30s', '15m', '1h' or '7d'");

/** Accepts a {@link Duration}, gives seconds. */
export const durationSchema = z.string(aDuration).transform((text, context) => {
  const seconds = durationSeconds(text);
  if (seconds !== undefined) return seconds;
  context.addIssue({ code: 'custom', input: text, message: aDuration.error({ input: text }) });
  return z.NEVER;
});
