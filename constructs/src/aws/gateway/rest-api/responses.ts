/** What a REST API answers when it refuses a request itself: in the shape, words and headers of the runtime. */
import { ApiGatewayGatewayResponse } from '@cdktf/provider-aws/lib/api-gateway-gateway-response';
import type { Policy } from '@portcullis/runtime/policy';
import type { Construct } from 'constructs';
import { literal } from '../../../core';
import { corsHeadersOfRefusals } from '../cors';

interface GatewayResponse {
  /** @default the status that API Gateway gives */
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
  // Without a token, and with one that is not accepted: the gateway has one answer for both.
  UNAUTHORIZED: {
    status: 401,
    body: { error: 'unauthorized', message: 'Missing or invalid Authorization header' },
    headers: { 'WWW-Authenticate': 'Bearer realm="api"' },
  },
  // A valid token without the scopes. Which ones the call needs cannot be said: the answer is one for all methods.
  ACCESS_DENIED: {
    status: 403,
    body: {
      error: 'insufficient_scope',
      message: 'The access token does not grant what this call needs',
    },
    headers: { 'WWW-Authenticate': 'Bearer realm="api", error="insufficient_scope"' },
  },
  // No method matches. The name has historical reasons.
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
    body: {
      error: 'rate_limit_exceeded',
      message: 'Rate limit exceeded. Retry after 1 seconds.',
      retryAfter: 1,
    },
    headers: { 'Retry-After': '1' },
  },
  // The authorizer failed or could not be invoked: whether the token is valid is not known.
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

/** A refusal is for one caller at one moment: no cache may store it. The rest is what helmet has an app say. */
const OF_EACH: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
};

/** The same, with what the policy has browsers told. */
export function responsesOf(policy: Policy): Readonly<Record<string, GatewayResponse>> {
  const cors = corsHeadersOfRefusals(policy);
  if (policy.cors === undefined) return GATEWAY_RESPONSES;
  const all = Object.entries(GATEWAY_RESPONSES);
  return Object.fromEntries(
    all.map(([type, response]) => [type, { ...response, headers: { ...response.headers, ...cors } }]),
  );
}

/** The gateway responses of an API. */
export function gatewayResponses(
  scope: Construct,
  restApiId: string,
  responses: Readonly<Record<string, GatewayResponse>>,
): ApiGatewayGatewayResponse[] {
  return Object.entries(responses).map(
    ([responseType, { status, body, headers }]) =>
      new ApiGatewayGatewayResponse(scope, responseType, {
        restApiId,
        responseType,
        ...(status !== undefined && { statusCode: String(status) }),
        responseTemplates: { 'application/json': JSON.stringify(body) },
        responseParameters: parameters({ ...OF_EACH, ...headers }),
      }),
  );
}

/** API Gateway wants literal values in single quotes. */
function parameters(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, `'${literal(value)}'`]),
  );
}
