import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { openApi } from '../../../../runtime/src/policy';
import { openApiDocument } from '../../../../example/routes/openapi';
import { newTransaction } from '../../../../bodies';
import { policy } from '../../../../policy';

interface Operation {
  security: Record<string, string[]>[];
  parameters?: { name: string; in: string; required: boolean }[];
  requestBody?: { content: { 'application/json': { schema: object } } };
  responses: Record<string, unknown>;
}

const paths = openApiDocument.paths as Record<string, Record<string, Operation>>;
const operationOf = (method: string, path: string): Operation | undefined =>
  paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];

/** Called by the identity provider. */
const PROVIDERS = ['/auth/callback', '/auth/backchannel-logout'];

describe('the OpenAPI document of the example', () => {
  it.each(policy.routes.filter(({ path }) => !PROVIDERS.includes(path)))(
    'has $method $path as the policy has it',
    ({ method, path, scopes, public: isPublic }) => {
      const operation = operationOf(method, path);
      expect(operation?.security).toEqual(isPublic ? [] : [{ oidc: scopes }]);
      expect(Object.keys(operation?.responses ?? {}).includes('401')).toBe(!isPublic);
      expect(Object.keys(operation?.responses ?? {}).includes('403')).toBe(
        scopes.length > 0 || path === '/auth/logout',
      );
    },
  );

  it("has nothing that the policy does not list, and nothing of the provider's", () => {
    const count = Object.values(paths).reduce((sum, item) => sum + Object.keys(item).length, 0);
    expect(count).toBe(policy.routes.length - PROVIDERS.length);
  });

  it('describes parameters of the path and of the query', () => {
    expect(operationOf('GET', '/api/exports/:link')?.parameters).toMatchObject([
      { name: 'link', in: 'path', required: true },
    ]);
    expect(operationOf('GET', '/api/transactions')?.parameters).toMatchObject([
      { name: 'limit', in: 'query', required: false },
      { name: 'before', in: 'query', required: false },
    ]);
  });

  it.each([
    [true, { account: 'acc-1', amountCents: 100, currency: 'EUR', description: 'Coffee' }],
    [false, { account: 'acc-1', amountCents: 100, currency: 'EUR', description: 'Coffee', org_id: 'other' }],
    [false, { account: '1', amountCents: 1.5, currency: 'euro', description: '' }],
    [false, { account: 'acc-1', amountCents: 0, currency: 'EUR', description: 'Coffee' }],
    [false, { account: 'acc-1', amountCents: 100, currency: 'EUR', description: 'Cof\u0000fee' }],
    [true, { account: 'acc-1', amountCents: 100, currency: 'EUR', description: '\u{1f600}'.repeat(140) }],
    [false, { account: 'acc-1', amountCents: 100, currency: 'EUR', description: '\u{1f600}'.repeat(141) }],
  ])('has the schema that requests are checked with: %s for %j', (valid, body) => {
    const schema =
      operationOf('POST', '/api/transactions')?.requestBody?.content['application/json'].schema ?? {};
    const ajv = new Ajv2020({ strict: false });
    addFormats(ajv);
    expect(ajv.validate(schema, body)).toBe(valid);
    expect(newTransaction.safeParse(body).success).toBe(valid);
  });

  it('refuses details of what is not a route', () => {
    const details = { title: 'x', version: '1', operations: { 'GET /nowhere': { summary: 'x' } } };
    expect(() => openApi(policy, details)).toThrow('received GET /nowhere');
  });
});
