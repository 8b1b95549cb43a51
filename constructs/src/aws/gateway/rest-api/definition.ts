import { ApiGatewayIntegration } from '@cdktf/provider-aws/lib/api-gateway-integration';
import { ApiGatewayMethod } from '@cdktf/provider-aws/lib/api-gateway-method';
import { ApiGatewayModel } from '@cdktf/provider-aws/lib/api-gateway-model';
import { ApiGatewayRequestValidator } from '@cdktf/provider-aws/lib/api-gateway-request-validator';
import { ApiGatewayResource } from '@cdktf/provider-aws/lib/api-gateway-resource';
import type { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { createHash } from 'node:crypto';
import { literal } from '../../../core';
import { REQUEST_ID_HEADER } from '../access-log';
import { modelText, type BodySchemas, type JsonSchema } from './body-schemas';
import { restResources, segments, type RestMethod } from './methods';

export interface RestDefinition {
  readonly api: ApiGatewayRestApi;
  readonly methods: readonly RestMethod[];
  readonly bodies: BodySchemas;
  readonly authorizerId: string;
  readonly linkId: string;
  /** Host name of the service behind the link. */
  readonly serverName: string;
}

/** What a deployment copies: resources, methods and their integrations. */
export function restDefinition(scope: Construct, definition: RestDefinition): ITerraformDependable[] {
  const { api, methods, bodies, authorizerId, linkId, serverName } = definition;
  const resources = resourcesOf(scope, api, methods);
  const validator = new ApiGatewayRequestValidator(scope, 'validator', {
    restApiId: api.id,
    name: 'bodies and parameters',
    validateRequestBody: true,
    validateRequestParameters: true,
  });
  const models = new Map(
    Object.entries(bodies).map(([key, schema]) => [key, model(scope, api, key, schema)]),
  );
  return methods.flatMap(({ name, path, route }) => {
    const parameters = segments(path).flatMap((segment) => /^\{([^+]+)\+?\}$/.exec(segment)?.[1] ?? []);
    const body = models.get(`${route.method} ${route.path}`);
    const place = new Construct(scope, idOf(`${name} ${path}`));
    const method = new ApiGatewayMethod(place, 'method', {
      restApiId: api.id,
      resourceId: resources.get(path) ?? '',
      httpMethod: name,
      ...(route.public ? { authorization: 'NONE' } : { authorization: 'CUSTOM', authorizerId }),
      apiKeyRequired: false,
      requestValidatorId: validator.id,
      requestParameters: Object.fromEntries(
        parameters.map((known) => [`method.request.path.${known}`, true]),
      ),
      ...(body && { requestModels: { 'application/json': body.name } }),
    });
    const integration = new ApiGatewayIntegration(place, 'integration', {
      restApiId: api.id,
      resourceId: method.resourceId,
      httpMethod: method.httpMethod,
      type: 'HTTP_PROXY',
      integrationHttpMethod: name,
      uri: `https://${serverName}${path.replace('+}', '}')}`,
      connectionType: 'VPC_LINK',
      connectionId: linkId,
      requestParameters: {
        ...Object.fromEntries(
          parameters.map((known) => [`integration.request.path.${known}`, `method.request.path.${known}`]),
        ),
        // It replaces what a client sends there, which is not believed.
        [`integration.request.header.${REQUEST_ID_HEADER}`]: 'context.extendedRequestId',
      },
    });
    return [method, integration];
  });
}

/** Makes the resources. @returns their IDs by path */
function resourcesOf(
  scope: Construct,
  api: ApiGatewayRestApi,
  methods: readonly RestMethod[],
): ReadonlyMap<string, string> {
  const ids = new Map([['/', api.rootResourceId]]);
  for (const path of restResources(methods)) {
    const end = path.lastIndexOf('/');
    const { id } = new ApiGatewayResource(scope, idOf(path), {
      restApiId: api.id,
      parentId: ids.get(path.slice(0, end) || '/') ?? '',
      pathPart: path.slice(end + 1),
    });
    ids.set(path, id);
  }
  return ids;
}

function model(scope: Construct, api: ApiGatewayRestApi, key: string, schema: JsonSchema): ApiGatewayModel {
  return new ApiGatewayModel(scope, `body of ${idOf(key)}`, {
    restApiId: api.id,
    // A model's name has letters and digits only.
    name: `body${createHash('sha256').update(key).digest('hex').slice(0, 12)}`,
    description: key,
    contentType: 'application/json',
    schema: literal(modelText(schema)),
  });
}

/** A slash in an ID would be taken for a path in the construct tree. */
const idOf = (path: string): string => path.replaceAll('/', '|');
