/**
 * Decides at the gateway what the app decides again behind it: the same verification, by the same policy.
 *
 * A gateway remembers an answer for minutes and by what it was told to remember it by: the token (payload 1.0), or
 * the token and the route (2.0). So an answer may depend on nothing else. It knows nothing of revocation.
 */
import { bearerToken } from '../auth/bearer';
import { systemClock, type Clock } from '../time/clock';
import type { AuthContext } from '../auth/context';
import { TokenError } from '../auth/errors';
import type { AuthEvent } from '../auth/events';
import { makeVerifier, type VerifierParts } from '../auth/token/verifier';
import type { AuthorizerConfiguration } from './configuration';
import type {
  AuthorizerEvent,
  CallerContext,
  HttpApiEvent,
  PolicyResponse,
  RequestEvent,
  SimpleResponse,
  TokenEvent,
} from './gateway-events';
import { permissions } from './permissions';

/**
 * Answers API Gateway.
 *
 * @throws Error `Unauthorized`, which the gateway answers with 401 (payload 1.0), for whatever is no good token.
 * @throws KeysUnavailableError, which it answers with 500, when that cannot be told.
 */
export type Authorizer = (event: AuthorizerEvent) => Promise<PolicyResponse | SimpleResponse>;

/** What an operator should see. Never holds a token. */
export type AuthorizerLog = (
  entry: AuthEvent | { readonly type: 'misconfigured'; readonly remedy: string },
) => void;

export function makeAuthorizer(
  configuration: AuthorizerConfiguration,
  log: AuthorizerLog,
  parts: VerifierParts = {},
): Authorizer {
  const verifier = makeVerifier({ ...configuration, onEvent: log }, { clock: lambdaClock, ...parts });

  /** `undefined` for what is no good token. */
  async function callerOf(event: AuthorizerEvent): Promise<AuthContext | undefined> {
    const token = tokenOf(event);
    if (token === undefined) return undefined;
    try {
      return await verifier.verify(token);
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      log({ type: 'token_refused', reason: error.reason });
      return undefined;
    }
  }

  async function policyResponse(event: TokenEvent | RequestEvent): Promise<PolicyResponse> {
    const caller = await callerOf(event);
    if (!caller) throw new Error('Unauthorized');
    return {
      principalId: printable(caller.subject),
      policyDocument: {
        Version: '2012-10-17',
        Statement: permissions(configuration.routes, caller.scopes, event.methodArn),
      },
      context: contextOf(caller),
    };
  }

  async function simpleResponse(event: HttpApiEvent): Promise<SimpleResponse> {
    if (!event.identitySource?.includes(event.routeKey)) {
      log({
        type: 'misconfigured',
        remedy: 'add $context.routeKey to the identity sources of the authorizer',
      });
      return { isAuthorized: false };
    }
    const route = configuration.routes.find(({ routeKeys }) => routeKeys.includes(event.routeKey));
    const caller = await callerOf(event);
    if (!route || !caller || !route.scopes.every((scope) => caller.scopes.includes(scope))) {
      return { isAuthorized: false };
    }
    return { isAuthorized: true, context: contextOf(caller) };
  }

  return (event) =>
    'version' in event && event.version === '2.0' ? simpleResponse(event) : policyResponse(event);
}

/** A process that was frozen between two calls may find its monotonic clock where it was; the calendar went on. */
const lambdaClock: Clock = { ...systemClock, monotonic: systemClock.wall };

/**
 * The token, where there is one header that brings it. The query is the app's to judge: gateways keep an answer by
 * token and route, so that one that depended on the query would be given to requests with another.
 */
function tokenOf(event: AuthorizerEvent): string | undefined {
  if (event.type === 'TOKEN') return bearerToken(event.authorizationToken);
  if ('version' in event && event.version === '2.0') {
    return bearerToken(event.headers.authorization ?? '');
  }
  const headers = Object.entries(event.multiValueHeaders ?? {})
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .flatMap(([, values]) => values);
  return headers.length === 1 ? bearerToken(headers[0] ?? '') : undefined;
}

function contextOf({ subject, tier, organisation }: AuthContext): CallerContext {
  return {
    subject: printable(subject),
    tier,
    ...(organisation !== undefined && { organisation: printable(organisation) }),
  };
}

/** What may stand in a header or in a line of a log. Different texts stay different. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\%]/gu, (character) => `%${character.codePointAt(0)?.toString(16)}`);
}
