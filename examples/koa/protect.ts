import {
  answerTo,
  type Answer,
  type AuthContext,
  type RateLimiter,
  type Verifier,
} from '@portcullis/runtime';
import type { Context, Middleware } from 'koa';

export interface Protected {
  /** Nobody, on a public route. */
  caller: AuthContext | undefined;
}

/** Holds every request of an app to the policy: 401, 429 and 403, in this order. */
export function protect(verifier: Verifier, limiter: RateLimiter): Middleware<Protected> {
  return async (ctx, next) => {
    const { headers, method, originalUrl: url } = ctx;
    const asked = { method, url, rawHeaders: ctx.req.rawHeaders };
    try {
      const caller = (ctx.state.caller = await verifier.authenticate(headers, asked));
      if (caller !== undefined) {
        const consumed = await limiter.consume({ client: caller, route: verifier.routeOf(asked) });
        ctx.set(consumed.headers);
        const refused = consumed.answer(headers);
        if (refused !== undefined) return send(ctx, refused);
      }
      verifier.enforce(caller, asked);
    } catch (error) {
      const refused = answerTo(error, headers);
      if (refused === undefined) throw error;
      return send(ctx, refused);
    }
    await next();
  };
}

function send(ctx: Pick<Context, 'status' | 'set' | 'body'>, { status, headers, body }: Answer): void {
  ctx.status = status;
  ctx.set(headers);
  ctx.body = body;
}
