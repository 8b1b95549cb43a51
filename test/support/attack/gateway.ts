/** API Gateway, as its documentation has it: what it sends to an authorizer, and what it makes of the answer. */
import type { Policy } from '../../../runtime/src/policy';
import type {
  AuthorizerEvent,
  HttpApiEvent,
  PolicyResponse,
  RequestEvent,
  SimpleResponse,
  TokenEvent,
} from '../../../runtime/src/authorizer/gateway-events';
import type { HostileRequest } from './hostile-request';

const API = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123';

export const methodArn = (method: string, path: string): string => `${API}/prod/${method}${path}`;

/** REST API, TOKEN. */
export function tokenEvent({ method = 'GET', path = ROUTE, headers }: HostileRequest): TokenEvent {
  const authorization = headers.find(([name]) => name.toLowerCase() === 'authorization');
  return {
    type: 'TOKEN',
    authorizationToken: authorization?.[1].trim() ?? '',
    methodArn: methodArn(method, pathOf(path)),
  };
}

/** REST API, REQUEST; and HTTP API, payload 1.0. */
export function requestEvent(request: HostileRequest): RequestEvent & Record<string, unknown> {
  const { method = 'GET', path = ROUTE, headers } = request;
  const multiValueHeaders: Record<string, string[]> = {};
  for (const [name, value] of headers) (multiValueHeaders[name] ??= []).push(value.trim());
  const query = [...new URLSearchParams(queryOf(path))];
  const multiValueQueryStringParameters: Record<string, string[]> = {};
  for (const [name, value] of query) (multiValueQueryStringParameters[name] ??= []).push(value);
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn: methodArn(method, pathOf(path)),
    resource: '/{proxy+}',
    path: pathOf(path),
    httpMethod: method,
    headers: Object.fromEntries(headers),
    multiValueHeaders: headers.length === 0 ? null : multiValueHeaders,
    queryStringParameters: query.length === 0 ? null : Object.fromEntries(query),
    multiValueQueryStringParameters: query.length === 0 ? null : multiValueQueryStringParameters,
    pathParameters: null,
    stageVariables: null,
    requestContext: { accountId: '123456789012', apiId: 'abcdef123', httpMethod: method, stage: 'prod' },
  };
}

/** HTTP API, payload 2.0; its routes are the policy's. */
export function httpApiEvent(
  policy: Policy,
  request: HostileRequest,
): HttpApiEvent & Record<string, unknown> {
  const { method = 'GET', path = ROUTE, headers } = request;
  const joined: Record<string, string> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    joined[key] = key in joined ? `${joined[key]},${value.trim()}` : value.trim();
  }
  const route = policy.match(method, pathOf(path));
  const routeKey = route ? `${method} ${route.path.replace(/:(\w+)/g, '{$1}')}` : '$default';
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: methodArn(method, pathOf(path)),
    identitySource: [joined.authorization ?? '', routeKey],
    routeKey,
    rawPath: pathOf(path),
    rawQueryString: queryOf(path),
    cookies: [],
    headers: joined,
    requestContext: { http: { method, path: pathOf(path), protocol: 'HTTP/1.1' }, stage: '$default' },
  };
}

/** What the gateway answers: 200 stands for "passed on to the app". */
export type GatewayStatus = 200 | 401 | 403 | 500;

type Handler = (event: AuthorizerEvent) => Promise<PolicyResponse | SimpleResponse>;

/** Everything that came out of the authorizer: for looking for what must not be in it. */
export interface Outcome {
  readonly status: GatewayStatus;
  readonly output: string;
}

export async function ask(handler: Handler, event: AuthorizerEvent): Promise<Outcome> {
  try {
    const answer = await handler(event);
    return { status: statusOf(answer, event), output: JSON.stringify(answer) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: message === 'Unauthorized' ? 401 : 500, output: message };
  }
}

function statusOf(answer: PolicyResponse | SimpleResponse, event: AuthorizerEvent): GatewayStatus {
  if ('isAuthorized' in answer) return answer.isAuthorized ? 200 : 403;
  return permits(answer, (event as TokenEvent | RequestEvent).methodArn) ? 200 : 403;
}

/** IAM's evaluation of a remembered answer for a request: what is denied wins, what is not allowed is denied. */
export function permits({ policyDocument }: PolicyResponse, arn: string): boolean {
  const matched = (effect: 'Allow' | 'Deny'): boolean =>
    policyDocument.Statement.some(
      ({ Effect, Resource }) => Effect === effect && Resource.some((pattern) => isLike(arn, pattern)),
    );
  return matched('Allow') && !matched('Deny');
}

function isLike(arn: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(arn);
}

const ROUTE = '/api/transactions';
const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';
const queryOf = (url: string): string => url.slice(pathOf(url).length + 1);
