/**
 * Decides at the gateway what the app decides again behind it: the same verification, by the same policy.
 *
 * A gateway caches an answer for minutes, under the token (payload 1.0) or under the token and the route (2.0). So
 * an answer may depend on nothing else. The authorizer knows nothing of revocation.
 */
import { authorizationsOf, bearerToken, type RequestHeaders } from '../auth/request/bearer';
import { systemClock, type Clock } from '../time/clock';
import type { AuthContext } from '../auth/context';
import { TokenError } from '../auth/errors';
import { tokenRefused, type AuthEvent } from '../auth/events';
import type { ChooseOrganisation } from '../auth/token/chosen';
import { makeVerifier, type VerifierParts } from '../auth/token/token-verifier';
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
import { asksAmbiguousPath, asksAmbiguousRawPath } from './requested-path';

/**
 * Answers API Gateway.
 *
 * @throws Error `Unauthorized`, which the gateway answers with 401, if the token is missing or refused (payload 1.0), or
 * if servers read the path differently: an error is not kept, so the client's other requests are not refused for it.
 * @throws KeysUnavailableError, which the gateway answers with 500, if the token cannot be verified now.
 */
export type Authorizer = (event: AuthorizerEvent) => Promise<PolicyResponse | SimpleResponse>;

/** What an operator should see. Never holds a token. */
export type AuthorizerLog = (
  entry:
    | AuthEvent
    | { readonly type: 'path_refused' }
    | { readonly type: 'misconfigured'; readonly remedy: string },
) => void;

export function makeAuthorizer(
  configuration: AuthorizerConfiguration,
  log: AuthorizerLog,
  parts: VerifierParts = {},
): Authorizer {
  const { choosesOrganisation } = configuration;
  const verifier = makeVerifier(
    { ...configuration, onEvent: log, ...(choosesOrganisation && { chooseOrganisation: undecided }) },
    { clock: lambdaClock, ...parts },
  );

  /** `undefined` if the token is missing or refused. */
  async function callerOf(event: AuthorizerEvent): Promise<Caller | undefined> {
    const token = tokenOf(event);
    if (token === undefined) return undefined;
    const caller = { isUndecided: false };
    try {
      const auth = await verifier.verify(token, caller);
      return { subject: auth.subject, scopes: auth.scopes, context: contextOf(auth, caller.isUndecided) };
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      log(tokenRefused(error));
      return undefined;
    }
  }

  function refusePath(): never {
    log({ type: 'path_refused' });
    throw new Error('Unauthorized');
  }

  async function policyResponse(event: TokenEvent | RequestEvent): Promise<PolicyResponse> {
    if (asksAmbiguousPath(configuration.routes, event)) refusePath();
    const caller = await callerOf(event);
    if (!caller) throw new Error('Unauthorized');
    return {
      principalId: printable(caller.subject),
      policyDocument: {
        Version: '2012-10-17',
        Statement: permissions(configuration.routes, caller.scopes, event.methodArn),
      },
      context: caller.context,
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
    if (asksAmbiguousRawPath(route, event)) refusePath();
    const caller = await callerOf(event);
    if (!route || !caller || !route.scopes.every((scope) => caller.scopes.includes(scope))) {
      return { isAuthorized: false };
    }
    return { isAuthorized: true, context: caller.context };
  }

  return (event) =>
    'version' in event && event.version === '2.0' ? simpleResponse(event) : policyResponse(event);
}

/** Lambda freezes a process between two calls. Its monotonic clock may then stand still; the calendar goes on. */
const lambdaClock: Clock = { ...systemClock, monotonic: systemClock.wall };

/**
 * The token, if exactly one header brings it. A token in the query is left to the app: the gateway caches an answer
 * under token and route, so an answer that depended on the query would be given to requests with another one.
 */
function tokenOf(event: AuthorizerEvent): string | undefined {
  if (event.type === 'TOKEN') return bearerToken(event.authorizationToken);
  if ('version' in event && event.version === '2.0') {
    return onlyBearer(event.headers);
  }
  return onlyBearer(event.multiValueHeaders ?? event.headers);
}

/** The token of the one Authorization header, whatever the case of its name. */
function onlyBearer(headers: RequestHeaders | null | undefined): string | undefined {
  const [value = '', another] = authorizationsOf(headers);
  return another === undefined ? bearerToken(value) : undefined;
}

interface Caller extends Pick<AuthContext, 'subject' | 'scopes'> {
  readonly context: CallerContext;
}

/** Any will do: what the gateway decides depends on none. It is noted, so that none is told. */
const undecided: ChooseOrganisation = ([first], caller) => {
  (caller as { isUndecided: boolean }).isUndecided = true;
  return first;
};

function contextOf({ subject, tier, organisation }: AuthContext, isUndecided: boolean): CallerContext {
  if (isUndecided) return { subject: printable(subject) };
  return {
    subject: printable(subject),
    tier,
    ...(organisation !== undefined && { organisation: printable(organisation) }),
  };
}

/** Escapes what may not stand in a header or in a line of a log. Different texts stay different. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\%]/gu, (character) => `%${character.codePointAt(0)?.toString(16)}`);
}
