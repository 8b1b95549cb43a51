/**
 * The events that AWS documents, with the token given in each place where a request may bring it. Documentation: "Input
 * to an API Gateway Lambda authorizer" (REST API), "Control access to HTTP APIs with AWS Lambda authorizers" (HTTP API),
 * "Control access to WebSocket APIs with AWS Lambda REQUEST authorizers".
 */

type Event = Readonly<Record<string, unknown>>;

const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123';

/** What CloudFront and API Gateway add to every request. */
const around = {
  Accept: '*/*',
  'CloudFront-Viewer-Country': 'US',
  Host: 'abcdef123.execute-api.us-east-1.amazonaws.com',
  'User-Agent': 'curl/8.0',
  'X-Amzn-Trace-Id': 'Root=1-0',
  'X-Forwarded-For': '192.0.2.1, 198.51.100.1',
  'X-Forwarded-Port': '443',
  'X-Forwarded-Proto': 'https',
};

const clientCert = {
  clientCertPem: 'CERT_CONTENT',
  subjectDN: 'www.example.com',
  issuerDN: 'Example issuer',
  serialNumber: 'a1:a1:a1',
  validity: { notBefore: 'May 28 12:30:02 2019 GMT', notAfter: 'Aug  5 09:36:04 2021 GMT' },
};

const listed = (headers: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));

const requestContext = (path: string): object => ({
  path: `/test${path}`,
  accountId: '123456789012',
  resourceId: '05c7jb',
  stage: 'test',
  requestId: '0b5f7d5e',
  identity: { apiKey: 'key', sourceIp: '192.0.2.1', clientCert },
  resourcePath: path,
  httpMethod: 'GET',
  apiId: 'abcdef123',
});

const parameters = {
  queryStringParameters: { QueryString1: 'queryValue1' },
  pathParameters: {},
  stageVariables: { StageVar1: 'stageValue1' },
};

/** A REST API's TOKEN authorizer. */
export const restToken = (path: string, authorization: string): Event => ({
  type: 'TOKEN',
  authorizationToken: authorization,
  methodArn: `${ARN}/test/GET${path}`,
});

/** The same, from the console's "Test authorizer": for any stage, and for no path. */
export const restTokenTest = (authorization: string): Event => ({
  type: 'TOKEN',
  authorizationToken: authorization,
  methodArn: `${ARN}/*/GET/`,
});

/** A REST API's REQUEST authorizer. */
export const restRequest = (path: string, authorization: string | undefined): Event => {
  const headers = { ...around, ...(authorization !== undefined && { Authorization: authorization }) };
  return {
    type: 'REQUEST',
    methodArn: `${ARN}/test/GET${path}`,
    resource: path,
    path,
    httpMethod: 'GET',
    headers,
    multiValueHeaders: listed(headers),
    ...parameters,
    multiValueQueryStringParameters: { QueryString1: ['queryValue1'] },
    requestContext: requestContext(path),
  };
};

/** An HTTP API's authorizer, payload 1.0: identity sources are one text, and no header has a list. */
export const httpFirst = (path: string, authorization: string): Event => ({
  version: '1.0',
  type: 'REQUEST',
  methodArn: `${ARN}/test/GET${path}`,
  identitySource: `${authorization},123`,
  authorizationToken: `${authorization},123`,
  resource: path,
  path,
  httpMethod: 'GET',
  headers: { ...around, Authorization: authorization },
  ...parameters,
  requestContext: requestContext(path),
});

/** An HTTP API's authorizer, payload 2.0. */
export const httpSecond = (path: string, authorization: string): Event => ({
  version: '2.0',
  type: 'REQUEST',
  routeArn: `${ARN}/test/GET${path}`,
  identitySource: [authorization, `GET ${path}`],
  routeKey: `GET ${path}`,
  rawPath: `/test${path}`,
  rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=value',
  cookies: ['cookie1', 'cookie2'],
  headers: {
    ...Object.fromEntries(Object.entries(around).map(([name, value]) => [name.toLowerCase(), value])),
    authorization,
  },
  queryStringParameters: { parameter1: 'value1,value2', parameter2: 'value' },
  requestContext: {
    accountId: '123456789012',
    apiId: 'api-id',
    authentication: { clientCert },
    domainName: 'id.execute-api.us-east-1.amazonaws.com',
    domainPrefix: 'id',
    http: {
      method: 'GET',
      path: `/test${path}`,
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.1',
      userAgent: 'agent',
    },
    requestId: 'id',
    routeKey: `GET ${path}`,
    stage: 'test',
    time: '12/Mar/2020:19:03:58 +0000',
    timeEpoch: 1_583_348_638_390,
  },
  pathParameters: { parameter1: 'value1' },
  stageVariables: { stageVariable1: 'value1' },
});

/** A WebSocket API's authorizer: it is asked for `$connect` only, and the ARN has no method. */
export const webSocketConnect = (authorization: string): Event => {
  const headers = {
    Connection: 'upgrade',
    'content-length': '0',
    Host: 'abcdef123.execute-api.us-east-1.amazonaws.com',
    'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
    'Sec-WebSocket-Key': 'AAAA',
    'Sec-WebSocket-Version': '13',
    Upgrade: 'websocket',
    Authorization: authorization,
  };
  return {
    type: 'REQUEST',
    methodArn: `${ARN}/default/$connect`,
    headers,
    multiValueHeaders: listed(headers),
    queryStringParameters: { QueryString1: 'queryValue1' },
    multiValueQueryStringParameters: { QueryString1: ['queryValue1'] },
    stageVariables: {},
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      extendedRequestId: 'AAAA',
      requestTime: '19/Jan/2023:21:13:26 +0000',
      messageDirection: 'IN',
      stage: 'default',
      connectedAt: 1_674_162_806_344,
      requestTimeEpoch: 1_674_162_806_345,
      identity: { sourceIp: '192.0.2.1' },
      requestId: 'AAAA',
      domainName: 'abcdef123.execute-api.us-east-1.amazonaws.com',
      connectionId: 'AAAA',
      apiId: 'abcdef123',
    },
  };
};
