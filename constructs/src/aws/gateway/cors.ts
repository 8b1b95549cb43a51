/**
 * The policy's `cors` in the words of API Gateway. Where one is given, the app behind the gateway says the same; a gateway
 * has to say it of its own refusals, or a page cannot tell them from a broken network.
 */
import type { Apigatewayv2ApiCorsConfiguration } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { ANY_ORIGIN, EXPOSED_HEADERS, type Policy, type Problem } from '@portcullis/runtime/policy';
import { literal } from '../../core';

/**
 * An HTTP API answers preflights itself, sets these headers on every answer, its refusals included, and drops the app's.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function httpApiCors({ cors, routes }: Policy): Apigatewayv2ApiCorsConfiguration | undefined {
  if (cors === undefined) return undefined;
  const methods = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return {
    allowOrigins: cors.origins.map(literal),
    allowMethods: [...new Set(methods)].sort(),
    allowHeaders: cors.headers.map(literal),
    exposeHeaders: [...EXPOSED_HEADERS],
    allowCredentials: cors.credentials,
    maxAge: cors.maxAgeSeconds,
  };
}

/**
 * What a REST API says of its own refusals. One value fits all callers, and a refusal holds nothing of theirs: where there
 * are several origins every page may read it.
 */
export function corsHeadersOfRefusals({ cors }: Policy): Readonly<Record<string, string>> {
  if (cors === undefined) return {};
  const [only = ANY_ORIGIN, ...others] = cors.origins;
  return {
    'Access-Control-Allow-Origin': others.length === 0 ? only : ANY_ORIGIN,
    'Access-Control-Expose-Headers': EXPOSED_HEADERS.join(', '),
    ...(cors.credentials && { 'Access-Control-Allow-Credentials': 'true' }),
  };
}

/** Browsers take no `*` for a request with cookies, and a REST API has but one value for all callers. */
export function restCorsProblems({ cors }: Policy): Problem[] {
  if (cors === undefined || !cors.credentials || cors.origins.length < 2) return [];
  return [
    {
      path: 'policy.cors.origins',
      message: `received ${cors.origins.length} origins with credentials: a REST API can name one of them on its own refusals; give one, or \`credentials: false\`, or use HttpApiGateway`,
    },
  ];
}
