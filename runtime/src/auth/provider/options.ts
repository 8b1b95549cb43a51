/** What every client of an OpenID provider is told: the options, their checks and defaults. */
import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Problem } from '../../policy/errors';
import { isHttpsOrLoopback } from '../../policy/loopback';

/** How a client authenticates (RFC 6749 §2.3.1, OpenID Connect Core 1.0 §9); `'none'` is a public client, with PKCE. */
export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';

/** A client that is registered with an OpenID provider. */
export interface ClientOptions {
  /** Its `client_id` there. */
  readonly clientId: string;
  /** Its secret, for `client_secret_basic` and `client_secret_post`. @default none */
  readonly clientSecret?: string;
  /**
   * Its private key, for `private_key_jwt` (RFC 7523 §2.2): PKCS#8 as PEM, or a JWK, whose `kid` and `alg` are then used.
   * The provider has the public half. @default none
   */
  readonly privateKey?: string | JsonWebKey;
  /** How it authenticates. @default 'private_key_jwt' with a private key, else 'client_secret_basic' */
  readonly clientAuthentication?: ClientAuthentication;
  /**
   * URL of the provider's discovery document, if it is not published below its issuer, as with Azure AD B2C. The document
   * still has to name that issuer.
   * @default `<issuer>/.well-known/openid-configuration`
   */
  readonly discoveryUrl?: string;
}

/** A client of one provider, with the defaults filled in. */
export interface ProviderOptions {
  /** The provider's exact `iss`. */
  readonly issuer: string;
  readonly discoveryUrl: string | undefined;
  readonly clientId: string;
  readonly authentication:
    | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
    | {
        readonly method: 'private_key_jwt';
        readonly key: KeyObject;
        readonly id?: string;
        readonly algorithm?: string;
      }
    | { readonly method: 'none' };
}

/** RFC 6749 Appendix A.1 and A.2. */
const credential = z.string().regex(/^[\x20-\x7e]+$/, 'expected what the provider issued: printable ASCII');

const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;

/** Checks {@link ClientOptions}: part of the schema of whoever extends them. */
export const clientShape = {
  clientId: credential,
  clientSecret: credential.optional(),
  privateKey: z
    .custom<string | JsonWebKey>(
      (value) => keyOf(value) !== undefined,
      'expected a private key: PKCS#8 as PEM, or a JWK',
    )
    .optional(),
  clientAuthentication: z
    .enum(METHODS, { error: `expected one of ${METHODS.map((name) => `'${name}'`).join(', ')}` })
    .optional(),
  discoveryUrl: z
    .string()
    .refine(
      isHttpsOrLoopback,
      'expected an https URL (http only on loopback): whoever answers is sent secrets',
    )
    .optional(),
};

/**
 * Checks a name that goes to the provider beside ours, as `prompt`, `organization` or `acr_values` do.
 *
 * @param ours what this code says itself: nobody may say it in its place.
 */
export const furtherParameters = (ours: readonly string[]) =>
  z.record(
    z.string().refine((name) => name !== '' && !ours.includes(name), {
      error: ({ input }) =>
        `received ${String(input)}, which has an option of its own or is none of the application's`,
    }),
    z.string(),
  );

/** Checks what several options say together: a method has what it needs, and nothing else is given. */
export function clientProblems(options: Partial<ClientOptions> | null | undefined): Problem[] {
  const { clientSecret, privateKey, clientAuthentication: method } = options ?? {};
  const actual = method ?? defaultMethod(privateKey);
  if (!METHODS.includes(actual)) return [];
  const needsSecret = actual.startsWith('client_secret');
  const needsKey = actual === 'private_key_jwt';
  const checks = [
    {
      wrong: needsSecret && clientSecret === undefined,
      path: 'clientSecret',
      message: `missing; expected the secret that ${actual} sends, or clientAuthentication: 'none' for a public client`,
    },
    {
      wrong: !needsSecret && clientSecret !== undefined,
      path: 'clientSecret',
      message: `received together with ${actual}, which sends none: remove one of the two`,
    },
    {
      wrong: needsKey && privateKey === undefined,
      path: 'privateKey',
      message: 'missing; expected the key that private_key_jwt signs with',
    },
    {
      wrong: !needsKey && privateKey !== undefined,
      path: 'privateKey',
      message: `received together with ${actual}, which has none: remove one of the two`,
    },
  ];
  return checks.flatMap(({ wrong, path, message }) => (wrong ? [{ path, message }] : []));
}

export function resolveClient(issuer: string, options: ClientOptions): ProviderOptions {
  const { clientId, discoveryUrl } = options;
  return { issuer, clientId, discoveryUrl, authentication: authenticationOf(options) };
}

function authenticationOf({
  clientSecret: secret = '',
  privateKey,
  clientAuthentication: method = defaultMethod(privateKey),
}: ClientOptions): ProviderOptions['authentication'] {
  if (method === 'none') return { method };
  if (method !== 'private_key_jwt') return { method, secret };
  const key = keyOf(privateKey);
  if (key === undefined) throw new TypeError('checked before: a private key');
  const { kid, alg } = (typeof privateKey === 'object' ? privateKey : {}) as { kid?: unknown; alg?: unknown };
  return {
    method,
    key,
    ...(typeof kid === 'string' && { id: kid }),
    ...(typeof alg === 'string' && { algorithm: alg }),
  };
}

function defaultMethod(privateKey: unknown): ClientAuthentication {
  return privateKey === undefined ? 'client_secret_basic' : 'private_key_jwt';
}

function keyOf(given: unknown): KeyObject | undefined {
  try {
    const key = typeof given === 'string' ? given : { key: given as JsonWebKey, format: 'jwk' as const };
    return createPrivateKey(key);
  } catch {
    return undefined;
  }
}
