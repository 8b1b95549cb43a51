/**
 * What API Gateway sends to a Lambda authorizer and takes from it: the parts that are read and written here.
 * Documentation: "Input to an API Gateway Lambda authorizer", "Output from an API Gateway Lambda authorizer"
 * (REST API), "Control access to HTTP APIs with AWS Lambda authorizers" (HTTP API, payload 2.0).
 */

/** A REST API's TOKEN authorizer. */
export interface TokenEvent {
  readonly type: 'TOKEN';
  readonly authorizationToken: string;
  /** `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/path` */
  readonly methodArn: string;
}

/** A REST API's REQUEST authorizer, or an HTTP API's with payload 1.0. */
export interface RequestEvent {
  readonly type: 'REQUEST';
  readonly version?: '1.0';
  readonly methodArn: string;
  /** As the gateway read it. A WebSocket API has none. */
  readonly path?: string;
  /** A REST API sends both; an HTTP API only `headers`, repeated ones joined with commas. */
  readonly headers?: Readonly<Record<string, string>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>> | null;
}

/** An HTTP API's authorizer with payload 2.0. Header names are in lower case, repeated headers joined with commas. */
export interface HttpApiEvent {
  readonly type: 'REQUEST';
  readonly version: '2.0';
  /** `GET /users/{id}`, or `$default`. */
  readonly routeKey: string;
  /** As it was sent; begins with the stage where that is a named one. */
  readonly rawPath?: string;
  readonly requestContext?: { readonly stage?: string; readonly [more: string]: unknown };
  /** The values by which the gateway caches the answer. */
  readonly identitySource?: readonly string[] | null;
  /** Left out where a request had none. */
  readonly headers?: Readonly<Record<string, string>> | null;
}

export type AuthorizerEvent = TokenEvent | RequestEvent | HttpApiEvent;

/** What the gateway passes on, to its access log too: texts of printable ASCII. */
export interface CallerContext {
  readonly subject: string;
  /** Like the organisation, left out where the app chooses one of several. */
  readonly tier?: string;
  readonly organisation?: string;
}

export interface PolicyStatement {
  readonly Action: 'execute-api:Invoke';
  readonly Effect: 'Allow' | 'Deny';
  readonly Resource: readonly string[];
}

/** Payload 1.0. */
export interface PolicyResponse {
  readonly principalId: string;
  readonly policyDocument: { readonly Version: '2012-10-17'; readonly Statement: readonly PolicyStatement[] };
  readonly context: CallerContext;
}

/** Payload 2.0. */
export interface SimpleResponse {
  readonly isAuthorized: boolean;
  readonly context?: CallerContext;
}
