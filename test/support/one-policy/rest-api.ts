/**
 * A REST API: the path finds a resource, and that resource has the method or has not; nobody looks at another one then.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-method-settings.html
 */
import { text, type Document, type Fields, type Resource } from './document';
import { header, pathOf, type Gateway, type GatewayRequest, type Verdict } from './gateway';
import { functionOf, type Handler } from './lambda';

interface Policy {
  readonly policyDocument: { readonly Statement: readonly { Effect: string; Resource: readonly string[] }[] };
}

export function restApi(document: Document): Gateway {
  const resources = document.all('aws_api_gateway_resource');
  const methods = document.all('aws_api_gateway_method');
  const responses = document.all('aws_api_gateway_gateway_response');
  const [settings] = document.all('aws_api_gateway_method_settings');
  const { throttling_rate_limit, throttling_burst_limit } = settings?.fields.settings as Fields;
  const throttle = { rate: Number(throttling_rate_limit), burst: Number(throttling_burst_limit) };
  const [api] = document.all('aws_api_gateway_rest_api');
  const root = `\${${api?.address}.root_resource_id}`;
  let handler: Handler | undefined;

  function child(parent: string, matches: (part: string) => boolean): Resource | undefined {
    return resources.find(({ fields }) => fields.parent_id === parent && matches(text(fields.path_part)));
  }

  function resourceOf(path: string): string | undefined {
    let at = root;
    const segments = path === '/' ? [] : path.slice(1).split('/');
    for (const segment of segments) {
      if (segment === '') return undefined;
      const next =
        child(at, (part) => part === segment) ??
        child(at, (part) => /^\{[^+]+\}$/.test(part)) ??
        child(at, (part) => part.endsWith('+}'));
      if (!next) return undefined;
      at = `\${${next.address}.id}`;
      if (text(next.fields.path_part).endsWith('+}')) return at;
    }
    return at;
  }

  function says(type: string, status: number): Verdict {
    const own =
      responses.find(({ fields }) => fields.response_type === type) ??
      responses.find(({ fields }) => fields.response_type === `DEFAULT_${Math.floor(status / 100)}XX`);
    const templates = (own?.fields.response_templates ?? {}) as Fields;
    return {
      status: Number(own?.fields.status_code ?? status),
      body: JSON.parse(text(templates['application/json'])) as unknown,
      headers: Object.fromEntries(
        Object.entries((own?.fields.response_parameters ?? {}) as Fields).map(([name, value]) => [
          name.replace('gatewayresponse.header.', '').toLowerCase(),
          String(value).slice(1, -1),
        ]),
      ),
    };
  }

  async function authorize({ fields }: Resource, request: GatewayRequest): Promise<Verdict> {
    if (fields.authorization === 'NONE') return { status: 200 };
    const authorizer = document.referred(fields.authorizer_id).fields;
    const authorization = header(request, 'authorization');
    if (!authorization) return says('UNAUTHORIZED', 401);
    handler ??= functionOf(document, authorizer.authorizer_uri);
    const methodArn = `arn:aws:execute-api:eu-central-1:333333333333:abc/live/${request.method}${pathOf(request.url)}`;
    try {
      const answer = (await handler({
        type: authorizer.type,
        methodArn,
        path: pathOf(request.url),
        httpMethod: request.method,
        multiValueHeaders: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, [value]]),
        ),
      })) as Policy;
      return permits(answer, methodArn) ? { status: 200 } : says('ACCESS_DENIED', 403);
    } catch (error) {
      return error instanceof Error && error.message === 'Unauthorized'
        ? says('UNAUTHORIZED', 401)
        : says('AUTHORIZER_CONFIGURATION_ERROR', 500);
    }
  }

  return {
    async answer(request) {
      const resource = resourceOf(pathOf(request.url));
      const method = methods.find(
        ({ fields }) => fields.resource_id === resource && fields.http_method === request.method,
      );
      if (!method) return says('MISSING_AUTHENTICATION_TOKEN', 403);
      return { ...(await authorize(method, request)), throttle };
    },
  };
}

/** What is denied wins, what is not allowed is denied. `*` takes slashes too. */
function permits({ policyDocument }: Policy, arn: string): boolean {
  const says = (effect: string): boolean =>
    policyDocument.Statement.some(
      ({ Effect, Resource }) =>
        Effect === effect &&
        Resource.some((pattern) =>
          new RegExp(`^${pattern.split('*').map(quoted).join('.*')}$`, 's').test(arn),
        ),
    );
  return says('Allow') && !says('Deny');
}

const quoted = (part: string): string => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
