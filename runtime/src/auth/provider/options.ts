/** What every client of a provider has to be told, and how it is checked. */
import { z } from 'zod';

/** RFC 6749 Appendix A.1 and A.2. */
const credential = z.string().regex(/^[\x20-\x7e]+$/, 'expected what the provider issued: printable ASCII');

export const clientShape = {
  clientId: credential,
  clientSecret: credential,
  clientAuthentication: z
    .enum(['client_secret_basic', 'client_secret_post'], {
      error: "expected 'client_secret_basic' or 'client_secret_post'",
    })
    .optional(),
};

export const scopeList = z.array(
  z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'expected an OAuth scope (RFC 6749 §3.3)'),
);
