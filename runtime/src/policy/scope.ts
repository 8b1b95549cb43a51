import { z } from 'zod';
import { expected } from './expected';

/** RFC 6749 §3.3: a scope is printable ASCII without space, quote or backslash. */
export const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

const aScope = expected('an OAuth scope such as "read:orders" (RFC 6749 §3.3): no spaces or quotes');

export const scope = z.string(aScope).regex(SCOPE, aScope);
