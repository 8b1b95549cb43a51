/** The policy as an OpenAPI 3.1 document: what a client, and a scanner, may call, and what they get when they may not. */
import { ANONYMOUS_TIER } from './limit';
import { hierarchyOf, parametersOf, templateText, templatesOf } from './path-templates';
import type { Policy, Route } from './policy';

type JsonSchema = Readonly<Record<string, unknown>>;

/** What an OpenAPI document says about a route beside what the policy has. */
export interface OperationDetails {
  /** What the operation does, in a few words. */
  readonly summary: string;
  /** Schemas of query parameters, by name; none is required. */
  readonly query?: Readonly<Record<string, JsonSchema>>;
  /** Schema of the JSON body. */
  readonly body?: JsonSchema;
  /** Whether the body is required. @default true */
  readonly bodyRequired?: boolean;
  /**
   * Schemas of path parameters, by their names in the route's path.
   * @default a segment that every server reads alike; any text for a wildcard
   */
  readonly path?: Readonly<Record<string, JsonSchema>>;
  /** Status and description of success. @default 200 OK */
  readonly success?: readonly [status: number, description: string];
  /** Descriptions of further error answers, by status, beside those of the policy: `{ 404: 'No such report' }`. */
  readonly refusals?: Readonly<Record<number, string>>;
}

/** Options of `openApi()`. */
export interface OpenApiOptions {
  /** Title of the API. */
  readonly title: string;
  /** Version of the API. */
  readonly version: string;
  /**
   * Details by `'<method> <path>'` of the policy's routes. `false` leaves out a route that is not for clients, such as an
   * identity provider's callback.
   */
  readonly operations: Readonly<Record<string, OperationDetails | false>>;
}

/** Without what the runtime refuses as ambiguous, or might: see `isAmbiguous()`. */
const SEGMENT: JsonSchema = {
  type: 'string',
  pattern: '^[^./\\\\%;\\u0000-\\u0020\\u007f][^/\\\\%;\\u0000-\\u0020\\u007f]*$',
};

const ERROR: JsonSchema = {
  type: 'object',
  required: ['error', 'message'],
  properties: { error: { type: 'string' }, message: { type: 'string' } },
};

/**
 * Makes the OpenAPI 3.1 document of a policy, as a plain object: every route with its scopes, answers and headers, unless
 * `operations` leaves it out.
 *
 * @throws TypeError if `operations` names something that is not a route of the policy.
 */
export function openApi(policy: Policy, { title, version, operations }: OpenApiOptions): JsonSchema {
  const unknown = Object.keys(operations).filter(
    (key) => !policy.routes.some((route) => keyOf(route) === key),
  );
  if (unknown.length > 0) {
    throw new TypeError(
      `operations: received ${unknown.join(', ')}; expected methods and paths of the policy's routes`,
    );
  }
  const paths: Record<string, Record<string, JsonSchema>> = {};
  // To OpenAPI, templates that differ by names alone are one path: the names of the first route are everybody's.
  const names = new Map<string, readonly string[]>();
  for (const route of policy.routes) {
    const details = operations[keyOf(route)];
    if (details === false) continue;
    for (const template of templatesOf(route.path)) {
      const hierarchy = hierarchyOf(template);
      const called = names.get(hierarchy) ?? parametersOf(template).map(({ name }) => name);
      names.set(hierarchy, called);
      const item = (paths[templateText(template, called)] ??= {});
      item[route.method.toLowerCase()] = operation(policy, route, template, called, details);
    }
  }
  const scopes = [...new Set(policy.routes.flatMap((route) => route.scopes))].sort();
  return {
    openapi: '3.1.1',
    info: { title, version },
    paths,
    components: {
      securitySchemes: {
        oidc: {
          type: 'openIdConnect',
          openIdConnectUrl: `${policy.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
          description: `Access tokens (RFC 9068) of ${policy.issuer}; scopes: ${scopes.join(', ')}`,
        },
      },
      schemas: { Error: ERROR },
    },
  };
}

function operation(
  policy: Policy,
  route: Route,
  template: string,
  called: readonly string[],
  details: OperationDetails = { summary: keyOf(route) },
): JsonSchema {
  const { summary, query = {}, path = {}, body, bodyRequired = true } = details;
  const { success = [200, 'OK'], refusals = {} } = details;
  const parameters = [
    ...parametersOf(template).map(({ name, isWildcard }, index) => ({
      name: called[index] ?? name,
      in: 'path',
      required: true,
      schema: path[name] ?? (isWildcard ? { type: 'string' } : SEGMENT),
    })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
  ];
  return {
    summary,
    security: route.public ? [] : [{ oidc: route.scopes }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: bodyRequired, content: { 'application/json': { schema: body } } },
    }),
    responses: {
      [success[0]]: { description: success[1] },
      ...Object.fromEntries(
        Object.entries({ ...refusalsOf(route, policy), ...refusals }).map(([status, description]) => [
          status,
          {
            description,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
          },
        ]),
      ),
    },
  };
}

/** What the runtime answers to a call that it does not let through, by status. */
function refusalsOf(
  { public: isPublic, limit, scopes, cost }: Route,
  { tiers }: Policy,
): Partial<Record<number, string>> {
  return {
    400: 'The request is not valid',
    ...(isPublic &&
      limit &&
      Object.hasOwn(tiers, ANONYMOUS_TIER) && { 429: `The network is over its limit; a call costs ${cost}` }),
    ...(!isPublic && {
      401: 'No token, or one that is not accepted',
      ...(scopes.length > 0 && { 403: `The token lacks a scope of ${scopes.join(', ')}` }),
      429: `Over the limit; a call costs ${cost}`,
      503: 'The issuer, or the rate limit of this route, is not available at the moment',
    }),
  };
}

function keyOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}
