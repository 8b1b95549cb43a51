import type { RequestHandler } from 'express';
import helmet from 'helmet';

const SELF = ["'self'"];
const NOBODY = ["'none'"];

/**
 * Security headers: the page runs and loads its own files only, talks to this API only, and no frame shows it.
 *
 * @param provider the issuer, to which logging out redirects: browsers apply `form-action` to redirects too.
 */
export function securityHeaders(provider: string): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: NOBODY,
        scriptSrc: SELF,
        styleSrc: SELF,
        imgSrc: SELF,
        connectSrc: SELF,
        formAction: [...SELF, new URL(provider).origin],
        frameAncestors: NOBODY,
        baseUri: NOBODY,
        requireTrustedTypesFor: ["'script'"],
      },
    },
  });
}
