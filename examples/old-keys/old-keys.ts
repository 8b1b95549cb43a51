import type { AuthContext } from '@portcullis/runtime';
import type { Request, RequestHandler } from 'express';

/** What a client sent until now. */
export type OldCredentials = { key: string } | { user: string; password: string };

/** Who it is, and what that may do. */
export type OldClient = Pick<AuthContext, 'organisation' | 'tier' | 'scopes'> & { name: string };

export interface OldKeysOptions {
  /** The application's own check, as it is today. */
  check: (credentials: OldCredentials) => Promise<OldClient | undefined>;
  /** The policy's issuer: an organisation's limits are then the same with a key and with a token. */
  issuer: string;
  /** Since when clients are told, and the last moment at which a key is good. */
  deprecated: Date;
  sunset: Date;
  /** What to do instead: a page for whoever runs a client. */
  guide: string;
  /** Told of each call with an old key; of nobody by name once keys have ended, for they are checked no more. */
  onUse: (client: string | undefined) => void;
  /** For tests. @default Date.now */
  now?: () => number;
}

/** Lets in old keys until a day, and tells so. What it does not let in is left to `requireAuth()`, which answers 401. */
export function oldKeys(options: OldKeysOptions): RequestHandler {
  const { check, issuer, deprecated, sunset, guide, onUse, now = Date.now } = options;
  if (!(deprecated < sunset)) throw new RangeError('oldKeys: expected deprecated before sunset, two dates');
  const expiresAt = Math.floor(sunset.getTime() / 1_000);
  const told = {
    Deprecation: `@${Math.floor(deprecated.getTime() / 1_000)}`, // RFC 9745
    Sunset: sunset.toUTCString(), // RFC 8594: an HTTP date
    Link: `<${guide}>; rel="deprecation"; type="text/html", <${guide}>; rel="sunset"; type="text/html"`,
  };

  return (req, res, next) => {
    const credentials = credentialsOf(req);
    if (credentials === undefined) return next();
    res.set(told);
    if (now() > sunset.getTime()) {
      onUse(undefined);
      return next();
    }
    Promise.resolve(check(credentials))
      .then((client) => {
        if (client === undefined) return;
        const { name, ...may } = client;
        onUse(name);
        req.auth = { ...may, issuer, subject: `old-key:${name}`, clientId: name, expiresAt, claims: {} };
      })
      .then(() => next(), next);
  };
}

/** A key or a password that was sent once, and nothing beside it that says who calls. */
function credentialsOf({ headersDistinct }: Request): OldCredentials | undefined {
  const keys = headersDistinct['x-api-key'] ?? [];
  const authorizations = headersDistinct.authorization ?? [];
  if (keys.length + authorizations.length !== 1) return undefined;
  const [key] = keys;
  if (key !== undefined) return key === '' || key.length > 512 ? undefined : { key };
  const [, encoded] = /^basic +([A-Za-z0-9+/]{1,1024}={0,2})$/i.exec(authorizations[0] ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [, user, password] = /^([^:]+):([^]*)$/.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return user === undefined || password === undefined ? undefined : { user, password };
}
