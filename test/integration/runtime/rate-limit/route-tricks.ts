/** Ways in which clients write a request so that a limiter and a router might read it differently. */
export interface Trick {
  readonly name: string;
  readonly method: string;
  /** The request target, byte for byte. */
  readonly target: string;
  readonly headers?: readonly string[];
}

const targets: Record<string, readonly string[]> = {
  'as listed': ['/api/export', '/api/users/7', '/api/files/a/b', '/healthz'],
  'letters of another case': ['/API/EXPORT', '/api/Export', '/aPi/UsErS/7', '/HEALTHZ', '/Api/FILES/a'],
  'a trailing slash': ['/api/export/', '/api/users/7/', '/api/files/a/', '/healthz/', '/api/export//'],
  'empty segments': [
    '//api/export',
    '/api//export',
    '///api/export',
    '/api/users//7',
    '/api/files//a',
    '//healthz',
  ],
  'encoded letters': ['/api/%65xport', '/api/%45XPORT', '/%61pi/export', '/api/users/%37', '/%68ealthz'],
  'encoded slashes': [
    '/api%2Fexport',
    '/api%2fexport',
    '/api/users/7%2Fexport',
    '/api/files/a%2F..%2Fb',
    '%2Fapi/export',
  ],
  'double encoding': ['/api/%2565xport', '/api%252Fexport'],
  'broken encoding': ['/api/%zz', '/api/users/%', '/api/users/%E0%A4%A', '/api/export%'],
  'encoded nothing': [
    '/api/export%00',
    '/api/export%20',
    '/api/export%09',
    '/api/users/7%00',
    '/%00api/export',
    '/healthz%00',
  ],
  'dot segments': [
    ...[
      '/api/./export',
      '/api/../api/export',
      '/./api/export',
      '/../api/export',
      '/api/export/.',
      '/api/export/..',
    ],
    ...[
      '/healthz/../api/export',
      '/api/users/../export',
      '/api/files/../export',
      '/api/export/../../healthz',
    ],
  ],
  'encoded dots': [
    '/api/%2e/export',
    '/api/%2e%2e/api/export',
    '/healthz/%2e%2e/api/export',
    '/api/users/%2e%2e',
  ],
  backslashes: ['/api\\export', '\\api\\export', '/api/users/..\\export', '/healthz\\..\\api\\export'],
  'a query': [
    '/api/export?',
    '/api/export?path=/healthz',
    '/api/export?/healthz',
    '/healthz?/../api/export',
    '/api/export??a',
  ],
  'a fragment': ['/api/export#', '/api/export#/healthz', '/healthz#/../api/export', '/api/users/7#?a'],
  'matrix parameters': [
    '/api/export;a=1',
    '/api;a=1/export',
    '/healthz;/../api/export',
    '/api/users/7;jsessionid=1',
  ],
  'a file ending': ['/api/export.json', '/api/export.', '/api/export/index.html', '/healthz.css'],
  'absolute form': [
    ...[
      'http://api.example.com/api/export',
      'HTTP://api.example.com/API/EXPORT',
      'http://api.example.com//api/export',
    ],
    ...[
      'http://user@api.example.com/api/export',
      'http://api.example.com:81/healthz',
      'https:/api/export',
      'http:///api/export',
    ],
  ],
  'no path at all': ['*', '/', '?', 'api/export', 'healthz'],
  'letters that look alike': [
    '/api/e\u0445port',
    '/api/%D0%B5xport',
    '/api/exp\u00f6rt',
    '/api/%EF%BD%85xport',
    '/\u212aealthz',
  ],
  long: [
    `/api/users/${'7'.repeat(2_000)}`,
    `/api/${'./'.repeat(500)}export`,
    `/${'/'.repeat(500)}api/export`,
  ],
};

const disguises: readonly (readonly string[])[] = [
  ['X-Original-URL: /healthz'],
  ['X-Rewrite-URL: /healthz'],
  ['X-Forwarded-Path: /healthz', 'X-Forwarded-Prefix: /healthz', 'X-Forwarded-Uri: /healthz'],
  ['X-HTTP-Method-Override: GET'],
  ['X-HTTP-Method: GET', 'X-Method-Override: GET'],
  ['Host: healthz'],
  ['X-Forwarded-Host: /healthz'],
];

/** Every target by four methods, and the disguises by headers. */
export const TRICKS: readonly Trick[] = [
  ...Object.entries(targets).flatMap(([name, list]) =>
    list.flatMap((target) => ['GET', 'HEAD', 'POST', 'OPTIONS'].map((method) => ({ name, method, target }))),
  ),
  ...disguises.flatMap((headers) => [
    { name: 'headers that disguise', method: 'POST', target: '/api/export', headers },
    { name: 'headers that disguise', method: 'GET', target: '/api/users/7', headers },
  ]),
  ...['get', 'Post', 'QUERY', 'PROPFIND', 'TRACE', 'PUT', 'DELETE'].map((method) => ({
    ...{ name: 'other methods', method, target: '/api/export' },
  })),
];
