/** What a REST API says where it refuses by itself: in the shape, the words and the headers of the runtime. */
import { ApiGatewayGatewayResponse } from '@cdktf/provider-aws/lib/api-gateway-gateway-response';
import type { Construct } from 'constructs';

interface GatewayResponse {
  /** @default that of the response which has no own */
  readonly status?: number;
  readonly body: Readonly<Record<string, unknown>> & { readonly error: string; readonly message: string };
  readonly headers?: Readonly<Record<string, string>>;
}

const UNAVAILABLE: GatewayResponse = {
  status: 503,
  body: {
    error: 'temporarily_unavailable',
    message: 'Tokens cannot be verified at the moment. Try again later.',
  },
  headers: { 'Retry-After': '1' },
};

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
export const GATEWAY_RESPONSES: Readonly<Record<string, GatewayResponse>> = {
  // No token, or none that is let in: the gateway has one answer for both.
  UNAUTHORIZED: {
    status: 401,
    body: { error: 'unauthorized', message: 'Missing or invalid Authorization header' },
    headers: { 'WWW-Authenticate': 'Bearer realm="api"' },
  },
  // A good token without the scopes.
  ACCESS_DENIED: {
    status: 403,
    body: {
      error: 'insufficient_scope',
      message: 'The access token does not grant what this call needs',
    },
    headers: { 'WWW-Authenticate': 'Bearer realm="api", error="insufficient_scope"' },
  },
  // What no method is there for; the name is history.
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    body: { error: 'forbidden', message: 'The policy of this API does not list this route' },
  },
  WAF_FILTERED: {
    status: 403,
    body: { error: 'forbidden', message: 'The firewall of this API does not let this request through' },
  },
  THROTTLED: {
    status: 429,
    body: { error: 'rate_limit_exceeded', message: 'Rate limit exceeded. Retry in 1 s.', retryAfter: 1 },
    headers: { 'Retry-After': '1' },
  },
  // The authorizer threw, or could not be asked: nobody knows whether the token is good.
  AUTHORIZER_CONFIGURATION_ERROR: UNAVAILABLE,
  AUTHORIZER_FAILURE: UNAVAILABLE,
  DEFAULT_4XX: { body: { error: 'invalid_request', message: 'The request is not valid.' } },
  DEFAULT_5XX: {
    body: {
      error: 'temporarily_unavailable',
      message: 'The API cannot answer at the moment. Try again later.',
    },
    headers: { 'Retry-After': '1' },
  },
};

export function gatewayResponses(scope: Construct, restApiId: string): ApiGatewayGatewayResponse[] {
  return Object.entries(GATEWAY_RESPONSES).map(
    ([responseType, { status, body, headers }]) =>
      new ApiGatewayGatewayResponse(scope, responseType, {
        restApiId,
        responseType,
        ...(status !== undefined && { statusCode: String(status) }),
        responseTemplates: { 'application/json': JSON.stringify(body) },
        // A refusal is about one caller at one moment: nothing may keep it.
        responseParameters: parameters({ 'Cache-Control': 'no-store', ...headers }),
      }),
  );
}

/** Values that are no expression stand in single quotes. */
function parameters(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, `'${value}'`]),
  );
}
