/** An HTTP API. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html */
import { text, texts, type Document, type Fields } from './document';
import {
  header,
  pathOf,
  type Gateway,
  type GatewayRequest,
  type Surroundings,
  type Verdict,
} from './gateway';
import { grantsAny, verifyJwt } from './jwt-authorizer';
import { functionOf, type Handler } from './lambda';

export function httpApi(document: Document, surroundings: Surroundings): Gateway {
  const [stage] = document.all('aws_apigatewayv2_stage');
  const settings = stage?.fields.route_settings as Fields[];
  const routes = document.all('aws_apigatewayv2_route').map(({ address, fields }) => {
    const [method = '', path = ''] = text(fields.route_key).split(' ');
    const own = settings.find(({ route_key }) => route_key === `\${${address}.route_key}`) ?? {};
    return { method, path, key: text(fields.route_key), fields, throttle: throttleOf(own) };
  });
  const functions = new Map<string, Handler>();
  const [api] = document.all('aws_apigatewayv2_api');
  const cors = api?.fields.cors_configuration as Fields | undefined;

  async function asksFunction(authorizer: Fields, key: string, request: GatewayRequest): Promise<Verdict> {
    const authorization = header(request, 'authorization');
    // "If a request lacks any of the identity sources", the function is not asked.
    if (authorization === undefined) return { status: 401, body: { message: 'Unauthorized' } };
    const sources = texts(authorizer.identity_sources).map((source) =>
      source === '$context.routeKey' ? key : authorization,
    );
    const uri = String(authorizer.authorizer_uri);
    const handler = functions.get(uri) ?? functionOf(document, uri);
    functions.set(uri, handler);
    const event = {
      version: authorizer.authorizer_payload_format_version,
      type: 'REQUEST',
      routeKey: key,
      identitySource: sources,
      rawPath: pathOf(request.url),
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
    };
    try {
      const answer = (await handler(event)) as { isAuthorized: boolean };
      return answer.isAuthorized ? { status: 200 } : { status: 403, body: { message: 'Forbidden' } };
    } catch (error) {
      const unauthorized = error instanceof Error && error.message === 'Unauthorized';
      return unauthorized
        ? { status: 401, body: { message: 'Unauthorized' } }
        : { status: 500, body: { message: 'Internal Server Error' } };
    }
  }

  async function authorize(fields: Fields, key: string, request: GatewayRequest): Promise<Verdict> {
    if (fields.authorization_type === 'NONE') return { status: 200 };
    const authorizer = document.referred(fields.authorizer_id).fields;
    if (fields.authorization_type === 'CUSTOM') return asksFunction(authorizer, key, request);
    const claims = verifyJwt(
      authorizer.jwt_configuration as Fields,
      header(request, 'authorization') ?? '',
      surroundings,
    );
    if (!claims) return { status: 401, body: { message: 'Unauthorized' } };
    const granted = grantsAny(claims, texts(fields.authorization_scopes));
    return granted ? { status: 200 } : { status: 403, body: { message: 'Forbidden' } };
  }

  return {
    async answer(request) {
      const told = cors === undefined ? {} : corsHeaders(cors, request);
      // "automatically sends a response to preflight OPTIONS requests, even if there isn't an OPTIONS route"
      if (cors !== undefined && isPreflight(request)) return { status: 204, headers: told };
      const verdict = await decide(request);
      return { ...verdict, headers: { ...verdict.headers, ...told } };
    },
  };

  async function decide(request: GatewayRequest): Promise<Verdict> {
    const found = routes
      .filter(({ method, path }) => method === request.method && fits(path, pathOf(request.url)))
      .sort((a, b) => rank(a.path).localeCompare(rank(b.path)))[0];
    if (!found) return { status: 404, body: { message: 'Not Found' } };
    return { ...(await authorize(found.fields, found.key, request)), throttle: found.throttle };
  }
}

function isPreflight(request: GatewayRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    header(request, 'origin') !== undefined &&
    header(request, 'access-control-request-method') !== undefined
  );
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
function corsHeaders(cors: Fields, request: GatewayRequest): Record<string, string> {
  const origin = header(request, 'origin');
  const allowed = texts(cors.allow_origins);
  if (origin === undefined || !(allowed.includes('*') || allowed.includes(origin))) return {};
  return {
    'access-control-allow-origin': allowed.includes('*') ? '*' : origin,
    ...(cors.allow_credentials === true && { 'access-control-allow-credentials': 'true' }),
    'access-control-expose-headers': texts(cors.expose_headers).join(','),
    ...(isPreflight(request) && {
      'access-control-allow-methods': texts(cors.allow_methods).join(','),
      'access-control-allow-headers': texts(cors.allow_headers).join(','),
      'access-control-max-age': String(cors.max_age),
    }),
  };
}

function fits(template: string, path: string): boolean {
  const [asked, given] = [template.split('/'), path.split('/')];
  return asked.every((segment, index) => {
    if (segment.endsWith('+}')) return given.length > index && given.slice(index).join('/') !== '';
    if (index === asked.length - 1 && given.length !== asked.length) return false;
    return segment.startsWith('{') ? Boolean(given[index]) : segment === given[index];
  });
}

/** Text before a parameter before one that takes the rest: the smaller comes first. */
function rank(template: string): string {
  return template
    .split('/')
    .map((segment) => (segment.endsWith('+}') ? '2' : segment.startsWith('{') ? '1' : '0'))
    .join('');
}

function throttleOf({ throttling_rate_limit, throttling_burst_limit }: Fields): {
  rate: number;
  burst: number;
} {
  return { rate: Number(throttling_rate_limit), burst: Number(throttling_burst_limit) };
}
