/** What access logs of gateways say about a request. */

/** Header in which a gateway tells the app what it calls a request in its log (`requestId`), as in HTTP: whatever its case. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** Fields of both kinds of gateway: who called, how it ended, how long it took. Never a token or a query. */
const COMMON = {
  time: '$context.requestTimeEpoch',
  requestId: '$context.requestId',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  tier: '$context.authorizer.tier',
  organisation: '$context.authorizer.organisation',
  authorizerError: '$context.authorizer.error',
  error: '$context.error.responseType',
  integrationError: '$context.integrationErrorMessage',
  responseLatency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
};

/**
 * The format of an HTTP API's access log: one line of JSON a request. A JWT authorizer knows claims, a Lambda authorizer
 * knows its own context: the fields of the other one are `-`. An HTTP API cannot log which TLS a client spoke. It is 1.2
 * or 1.3, because the gateway takes no other.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export function httpAccessLogFormat(claims?: {
  readonly tierPath: readonly string[];
  readonly organisationPath: readonly string[];
}): string {
  return JSON.stringify({
    ...COMMON,
    routeKey: '$context.routeKey',
    ...(claims && {
      tierClaim: `$context.authorizer.claims.${claims.tierPath[0] ?? ''}`,
      organisationClaim: `$context.authorizer.claims.${claims.organisationPath[0] ?? ''}`,
    }),
  });
}

/**
 * The format of a REST API's access log: one line of JSON a request. The ID is the extended one: clients of a REST API may
 * choose the other (`x-amzn-RequestId`).
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
export const REST_ACCESS_LOG_FORMAT = JSON.stringify({
  ...COMMON,
  requestId: '$context.extendedRequestId',
  method: '$context.httpMethod',
  // The template, not the path that was asked for: what a client puts there may be secret.
  resource: '$context.resourcePath',
  firewall: '$context.wafResponseCode',
  authorizerLatency: '$context.authorizer.latency',
  tlsVersion: '$context.tlsVersion',
  cipherSuite: '$context.cipherSuite',
  trace: '$context.xrayTraceId',
});
