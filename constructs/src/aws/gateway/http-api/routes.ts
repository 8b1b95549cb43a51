/** The policy's routes as an HTTP API has them, and the routes that it cannot have. */
import type { AuthorizerConfiguration } from '@portcullis/runtime/authorizer';
import type { Policy, Problem, Route } from '@portcullis/runtime/policy';

/** Who decides who may call a route: nobody, API Gateway's own JWT authorizer, or the Lambda authorizer. */
export type HttpAuthorization = 'NONE' | 'JWT' | 'CUSTOM';

export interface HttpRoute {
  /** As in `GET /users/{id}`. */
  readonly routeKey: string;
  readonly authorization: HttpAuthorization;
  readonly route: Route;
}

/** Algorithms that a JWT authorizer verifies: RSA with PKCS #1 padding. */
const JWT_AUTHORIZER_ALGORITHMS: readonly string[] = ['RS256', 'RS384', 'RS512'];

/** Names of claims that an access log can hold. */
const LOGGABLE = /^\w+$/;

/** Every route of the policy by each of its keys: HEAD beside GET, and each spelling of an optional part. */
export function httpRoutes(policy: Policy, { issuers, routes }: AuthorizerConfiguration): HttpRoute[] {
  const jwtVerifies =
    issuers.length === 1 &&
    issuers.every(
      ({ jwksUri, discoveryUrl, algorithms, audienceClaim, scopePaths, tierPath, organisationPath }) =>
        // It asks the issuer itself where the keys are, and takes no other address.
        jwksUri === undefined &&
        discoveryUrl === undefined &&
        algorithms.every((name) => JWT_AUTHORIZER_ALGORITHMS.includes(name)) &&
        // It looks for scopes in `scope` and `scp` alone.
        audienceClaim === 'aud' &&
        scopePaths === undefined &&
        [tierPath, organisationPath].every((path) => path.length === 1 && LOGGABLE.test(path[0] ?? '')),
    );
  return policy.routes.flatMap((route, index) => {
    // Of several scopes a JWT authorizer wants any one, the policy wants all.
    const authorization = route.public ? 'NONE' : jwtVerifies && route.scopes.length < 2 ? 'JWT' : 'CUSTOM';
    return (routes[index]?.routeKeys ?? []).map((routeKey) => ({ routeKey, authorization, route }));
  });
}

/** A path whose segments are a text or a parameter, never both; the last parameter may take the rest. */
const PATH = /^(\/|(\/([\w.:-]+|\{[\w.-]+\}))*(\/([\w.:-]+|\{[\w.-]+\+?\})))$/;

/** The routes that no gateway of AWS can express. */
export function inexpressible(policy: Policy, { routes }: AuthorizerConfiguration): Problem[] {
  return policy.routes.flatMap(({ path }, index) => {
    const keys = routes[index]?.routeKeys ?? [];
    // To the gateway an escaped brace would begin a parameter.
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
