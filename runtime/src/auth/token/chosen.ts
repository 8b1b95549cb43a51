import type { AuthContext } from '../context';
import { unawaited } from '../../listener';
import { TokenError } from '../errors';

/**
 * Chooses the organisation for which a caller acts who may act for several.
 *
 * @param request what was given to `verify()`: in the middleware, Node's request.
 * @returns one of the organisations, at once; anything else refuses the request.
 */
export type ChooseOrganisation = (organisations: readonly string[], request: unknown) => unknown;

/** @throws TokenError where nothing says for which of several organisations the caller acts. */
export function chosen(
  contexts: readonly AuthContext[],
  choose: ChooseOrganisation | undefined,
  request: unknown,
): AuthContext {
  const [first] = contexts;
  if (first !== undefined && contexts.length === 1) return first;
  const organisations = contexts.flatMap(({ organisation }) => organisation ?? []);
  const organisation = choose && asked(choose, organisations, request);
  const context = contexts.find((candidate) => candidate.organisation === organisation);
  if (context !== undefined) return context;
  throw new TokenError('no_organisation_chosen', 'several organisations, and none of them was chosen');
}

/** The function is the application's: what it throws, or a promise, refuses the request and harms nothing else. */
function asked(choose: ChooseOrganisation, organisations: readonly string[], request: unknown): unknown {
  try {
    const organisation = choose(organisations, request);
    unawaited(organisation);
    return organisation;
  } catch {
    return undefined;
  }
}
