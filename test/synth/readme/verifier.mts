import { answerTo, createVerifier, MemoryStore, rateLimit } from '@portcullis/runtime';
import { policy } from './policy.js';

const verifier = createVerifier({ policy });
const limiter = rateLimit({ policy, store: new MemoryStore({ singleInstance: true }), trustedProxies: 0 });

/** A server that speaks the Fetch standard: Deno's way, Bun's, a worker's. */
export async function fetch(request: Request): Promise<Response> {
  try {
    const caller = await verifier.authenticate(request.headers, request); // 401, 503; nobody on a public route
    if (caller !== undefined) {
      const consumed = await limiter.consume({ client: caller, route: verifier.routeOf(request) });
      const refused = consumed.answer(request.headers); // 429
      if (refused !== undefined) return new Response(refused.body, refused);
    }
    verifier.enforce(caller, request); // 403
    return Response.json({ of: caller?.subject });
  } catch (error) {
    const refused = answerTo(error, request.headers);
    if (refused === undefined) throw error;
    return new Response(refused.body, refused);
  }
}
