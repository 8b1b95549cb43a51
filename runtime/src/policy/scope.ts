import { z } from 'zod';

/** RFC 6749 §3.3: a scope is printable ASCII without space, quote or backslash. */
export const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export const scope = z.string().regex(SCOPE, 'expected an OAuth scope (RFC 6749 §3.3): no spaces or quotes');
