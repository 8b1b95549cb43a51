import { definePolicy, openApi, type PolicyInput } from '@portcullis/runtime/policy';

type Route = PolicyInput['routes'][number];
interface Operation {
  parameters?: { name: string; in: string; schema: unknown }[];
  summary: string;
}
type Paths = Record<string, Record<string, Operation>>;

const policyOf = (routes: Route[]) =>
  definePolicy({
    name: 'orders',
    issuer: 'https://auth.example.com',
    audience: 'orders',
    tiers: { free: [{ limit: 60, window: '1m' }] },
    defaultTier: 'free',
    routes,
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
  });

const pathsOf = (routes: Route[], operations: Parameters<typeof openApi>[1]['operations'] = {}): Paths =>
  openApi(policyOf(routes), { title: 'Orders', version: '1', operations }).paths as Paths;

const namesOf = (operation: Operation | undefined): string[] =>
  (operation?.parameters ?? []).map(({ name }) => name);

/** OpenAPI 3.1, Paths Object: templates of one hierarchy are the same path, whatever their parameters are called. */
it('writes routes that differ by the name of a parameter as one path, with the name that came first', () => {
  const paths = pathsOf(
    [
      { method: 'GET', path: '/orders/:id' },
      { method: 'PUT', path: '/orders/:order' },
      { method: 'GET', path: '/orders/:number/lines/:line' },
    ],
    { 'PUT /orders/:order': { summary: 'change', path: { order: { type: 'integer' } } } },
  );
  expect(Object.keys(paths)).toEqual(['/orders/{id}', '/orders/{number}/lines/{line}']);
  expect(Object.keys(paths['/orders/{id}']!)).toEqual(['get', 'put']);
  expect(paths['/orders/{id}']!.put!.parameters).toMatchObject([
    { name: 'id', in: 'path', schema: { type: 'integer' } },
  ]);
});

it('writes a path for each way to take optional groups', () => {
  const paths = pathsOf([
    { method: 'GET', path: '/reports{/:year{/:month}}' },
    { method: 'GET', path: '/files{.:ext}' },
  ]);
  expect(Object.keys(paths).sort()).toEqual([
    '/files',
    '/files.{ext}',
    '/reports',
    '/reports/{year}',
    '/reports/{year}/{month}',
  ]);
  expect(namesOf(paths['/reports']!.get)).toEqual([]);
  expect(namesOf(paths['/reports/{year}/{month}']!.get)).toEqual(['year', 'month']);
});

it('writes wildcards, quoted names and escaped characters as the router reads them', () => {
  const paths = pathsOf([
    { method: 'GET', path: '/files/*rest' },
    { method: 'GET', path: '/users/:"user-id"' },
    { method: 'GET', path: '/at\\:noon' },
  ]);
  expect(Object.keys(paths)).toEqual(['/files/{rest}', '/users/{user-id}', '/at:noon']);
  expect(paths['/files/{rest}']!.get!.parameters).toMatchObject([
    { name: 'rest', schema: { type: 'string' } },
  ]);
});

it('has no template with a brace that is no parameter, and no two of one hierarchy', () => {
  const paths = Object.keys(
    pathsOf([
      { method: 'GET', path: '/a{/:b}' },
      { method: 'DELETE', path: '/a/:c' },
      { method: 'POST', path: '/a{/:d}/e' },
    ]),
  );
  const hierarchies = paths.map((path) => path.replace(/\{[^{}]+\}/g, '*'));
  expect(new Set(hierarchies).size).toBe(paths.length);
  expect(hierarchies.join()).not.toMatch(/[{}]/);
});
