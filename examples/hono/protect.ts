import { answerTo, type AuthContext, type RateLimiter, type Verifier } from '@portcullis/runtime';
import type { MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** `caller` is nobody, on a public route. */
export interface Protected {
  Variables: { caller: AuthContext | undefined };
}

/** Holds every request of an app to the policy: 401, 429 and 403, in this order. */
export function protect(verifier: Verifier, limiter: RateLimiter): MiddlewareHandler<Protected> {
  return async (c, next) => {
    const { raw: request } = c.req;
    try {
      const caller = await verifier.authenticate(request.headers, request);
      c.set('caller', caller);
      if (caller !== undefined) {
        const consumed = await limiter.consume({ client: caller, route: verifier.routeOf(request) });
        for (const [name, value] of Object.entries(consumed.headers)) c.header(name, value);
        const refused = consumed.answer(request.headers);
        if (refused !== undefined)
          return c.body(refused.body, refused.status as ContentfulStatusCode, { ...refused.headers });
      }
      verifier.enforce(caller, request);
    } catch (error) {
      const refused = answerTo(error, request.headers);
      if (refused === undefined) throw error;
      return c.body(refused.body, refused.status as ContentfulStatusCode, { ...refused.headers });
    }
    await next();
  };
}
