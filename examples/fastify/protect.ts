import {
  answerTo,
  type Answer,
  type AuthContext,
  type RateLimiter,
  type Verifier,
} from '@portcullis/runtime';
import type { FastifyInstance, FastifyReply } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Nobody, on a public route. */
    caller: AuthContext | undefined;
  }
}

/** Holds every request of an app to the policy: 401, 429 and 403, in this order. */
export function protect(app: FastifyInstance, verifier: Verifier, limiter: RateLimiter): void {
  app.decorateRequest('caller', undefined);
  app.addHook('onRequest', async (request, reply) => {
    const { headers, method, originalUrl: url } = request;
    const asked = { method, url, rawHeaders: request.raw.rawHeaders };
    try {
      const caller = (request.caller = await verifier.authenticate(headers, asked));
      if (caller !== undefined) {
        const consumed = await limiter.consume({ client: caller, route: verifier.routeOf(asked) });
        reply.headers(consumed.headers);
        const refused = consumed.answer(headers);
        if (refused !== undefined) return send(reply, refused);
      }
      verifier.enforce(caller, asked);
    } catch (error) {
      const refused = answerTo(error, headers);
      if (refused === undefined) throw error;
      return send(reply, refused);
    }
  });
}

function send(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  // Of a text Fastify would change the content type.
  return reply.code(status).headers(headers).send(Buffer.from(body));
}
