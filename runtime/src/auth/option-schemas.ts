/** What the options of this folder's functions have in common: and how each is checked. */
import { z } from 'zod';
import type { Policy } from '../policy';
import { isHttpsOrLoopback } from '../policy/loopback';
import type { OnAuthEvent } from './events';
import { ALGORITHMS } from './keys/algorithms';

export const definedPolicy = z.custom<Policy>(
  (value) => typeof (value as Policy | undefined)?.match === 'function',
  { error: 'expected what definePolicy() returns' },
);

export const httpsUrl = z.string().refine(isHttpsOrLoopback, {
  error: 'expected an https URL (http only on loopback): keys fetched in the clear can be anyone’s',
});

export const issuerUrl = httpsUrl.refine((text) => !/[?#]/.test(text), {
  error: 'expected an issuer without query or fragment (RFC 8414 §2)',
});

const algorithm = z.string().superRefine((name, context) => {
  if ((ALGORITHMS as readonly string[]).includes(name)) return;
  const message =
    name.toLowerCase() === 'none'
      ? 'received none: a token without a signature is anyone’s; remove it'
      : /^HS\d+$/i.test(name)
        ? `received ${name}, a shared secret, which a published key set cannot hold; use RS256 or ES256`
        : `expected one of ${ALGORITHMS.join(', ')}`;
  context.addIssue({ code: 'custom', message });
});

export const algorithms = z.array(algorithm).min(1, 'expected at least one algorithm');

export const tolerance = z
  .number()
  .min(0, 'expected 0 or more')
  .max(60, 'expected at most 60 s: clocks further apart need mending, not tolerance');

export const listener = z.custom<OnAuthEvent>((value) => typeof value === 'function', 'expected a function');
