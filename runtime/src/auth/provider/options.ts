/** What every client of an OpenID provider is told: the options, their checks and defaults. */
import { z } from 'zod';

export interface ClientOptions {
  /** The client's name at the provider. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** How the client says who it is (RFC 6749 §2.3.1). @default 'client_secret_basic' */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post';
}

/** A client of one provider, with nothing left out. */
export interface ProviderOptions extends Required<ClientOptions> {
  /** The provider's exact `iss`. */
  readonly issuer: string;
}

/** RFC 6749 Appendix A.1 and A.2. */
const credential = z.string().regex(/^[\x20-\x7e]+$/, 'expected what the provider issued: printable ASCII');

/** Checks {@link ClientOptions}: part of the schema of whoever extends them. */
export const clientShape = {
  clientId: credential,
  clientSecret: credential,
  clientAuthentication: z
    .enum(['client_secret_basic', 'client_secret_post'], {
      error: "expected 'client_secret_basic' or 'client_secret_post'",
    })
    .optional(),
};

export function resolveClient(
  issuer: string,
  { clientId, clientSecret, clientAuthentication = 'client_secret_basic' }: ClientOptions,
): ProviderOptions {
  return { issuer, clientId, clientSecret, clientAuthentication };
}
