/** The policy's routes as an HTTP API has them, and what such an API cannot have. */
import type { AuthorizerConfiguration } from '@portcullis/runtime/authorizer';
import type { Policy, Problem, Route } from '@portcullis/runtime/policy';

/** Who decides about a route: nobody, API Gateway's own JWT authorizer, or the Lambda authorizer. */
export type HttpAuthorization = 'NONE' | 'JWT' | 'CUSTOM';

export interface HttpRoute {
  /** `GET /users/{id}` */
  readonly routeKey: string;
  readonly authorization: HttpAuthorization;
  readonly route: Route;
}

/** What a JWT authorizer verifies: RSA with PKCS #1 padding. */
const JWT_AUTHORIZER_ALGORITHMS: readonly string[] = ['RS256', 'RS384', 'RS512'];

/** A claim that an access log can name. */
const LOGGABLE = /^\w+$/;

/** Every route of the policy under each of its keys: HEAD beside GET, each spelling of an optional part. */
export function httpRoutes(policy: Policy, { issuers, routes }: AuthorizerConfiguration): HttpRoute[] {
  const jwtVerifies =
    issuers.length === 1 &&
    issuers.every(
      ({ jwksUri, algorithms, tierClaim, organisationClaim }) =>
        // It asks the issuer itself where its keys are.
        jwksUri === undefined &&
        algorithms.every((name) => JWT_AUTHORIZER_ALGORITHMS.includes(name)) &&
        [tierClaim, organisationClaim].every((claim) => LOGGABLE.test(claim)),
    );
  return policy.routes.flatMap((route, index) => {
    // Of several scopes a JWT authorizer asks for any one.
    const authorization = route.public ? 'NONE' : jwtVerifies && route.scopes.length < 2 ? 'JWT' : 'CUSTOM';
    return (routes[index]?.routeKeys ?? []).map((routeKey) => ({ routeKey, authorization, route }));
  });
}

/** A segment is a text or a parameter, never both; the last one may take the rest. */
const PATH = /^(\/|(\/([\w.:-]+|\{[\w.-]+\}))*(\/([\w.:-]+|\{[\w.-]+\+?\})))$/;

export function inexpressible(policy: Policy, { routes }: AuthorizerConfiguration): Problem[] {
  return policy.routes.flatMap(({ path }, index) => {
    const keys = routes[index]?.routeKeys ?? [];
    // An escaped brace would be a parameter's to the gateway.
    const escaped = path.includes('\\');
    return escaped || keys.some((key) => !PATH.test(key.slice(key.indexOf(' ') + 1)))
      ? [
          {
            path: `policy.routes[${index}].path`,
            message: `received ${JSON.stringify(path)}, which a gateway cannot express; give segments that are a text of letters, digits and "-._:", or one parameter, or at the end one wildcard`,
          },
        ]
      : [];
  });
}
