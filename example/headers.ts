import type { RequestHandler } from 'express';
import helmet from 'helmet';

const SELF = ["'self'"];
const NOBODY = ["'none'"];

/**
 * What browsers are told: the page runs and loads its own files only, talks to this API only, and is shown in
 * no frame.
 *
 * @param provider where logging out leads: browsers hold a form to its policy over redirects too.
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
