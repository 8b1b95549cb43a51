import { answerOf, type Answer } from '../../http/answer';
import { valuesOf, type RequestHeaders } from '../../http/request-headers';
import { tokenRefusal } from './challenge';
import { RequestRefusedError } from '../errors';

/**
 * The answer to a request that a verifier refused: status, headers and body as `requireAuth()` and `enforce()` send them
 * (RFC 6750 §3).
 *
 * @param error what {@link Verifier} threw.
 * @param headers of the request: a client whose `Accept` asks for problem details (RFC 9457) gets those.
 * @returns `undefined` for any other error, such as one of the app's own: leave it to its error handler.
 *
 * @example
 * const answer = answerTo(error, request.headers);
 * if (answer === undefined) throw error;
 * return new Response(answer.body, answer);
 */
export function answerTo(error: unknown, headers?: RequestHeaders): Answer | undefined {
  const refused = error instanceof RequestRefusedError ? error.answer : tokenRefusal(error);
  return refused && answerOf(refused, valuesOf(headers, 'accept').join());
}
