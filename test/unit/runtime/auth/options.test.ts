import { policy } from '../../../../policy';
import { AuthOptionsError, requireAuth } from '../../../../runtime/src/auth';
import { resolveAuth, type AuthOptions } from '../../../../runtime/src/auth/options';

/** The problems of options that no compiler has seen. */
function problemsOf(options: unknown): AuthOptionsError['problems'] {
  try {
    resolveAuth(options as AuthOptions);
  } catch (error) {
    if (error instanceof AuthOptionsError) return error.problems;
    throw error;
  }
  return [];
}

const pathsOf = (options: unknown): string[] => problemsOf(options).map(({ path }) => path);

it('the policy alone is enough', () => {
  expect(resolveAuth({ policy })).toMatchObject({
    issuers: [
      {
        issuer: policy.issuer,
        audiences: [policy.audience],
        algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
        strictType: true,
        organisationPath: ['org_id'],
        tierPath: ['tier'],
      },
    ],
    toleranceSeconds: 5,
    longestToken: 12_288,
    cache: { entries: 10_000, bytes: 33_554_432 },
  });
});

it('several issuers each have their own rules', () => {
  const { issuers } = resolveAuth({
    policy,
    issuers: [
      { issuer: 'https://a.example.com', audience: 'api', algorithms: ['ES256'] },
      {
        issuer: 'https://b.example.com',
        audience: ['api', 'api-2'],
        tokenType: 'any',
        claims: { tier: 'https://b.example.com/tier' },
        jwksUri: 'https://b.example.com/keys',
      },
    ],
  });
  expect(issuers).toMatchObject([
    { audiences: ['api'], algorithms: ['ES256'], strictType: true, tierPath: ['tier'] },
    { audiences: ['api', 'api-2'], strictType: false, tierPath: ['https://b.example.com/tier'] },
  ]);
});

it('all problems are told at once, when the middleware is made', () => {
  const make = (): unknown =>
    requireAuth({
      policy,
      issuer: 'http://auth.example.com',
      audience: '',
      algorithms: ['none', 'HS256', 'RS256'],
      toleranceSeconds: 61,
      cache: { entries: 0 },
      tokenTypes: 'any',
    } as unknown as AuthOptions);
  expect(make).toThrow(AuthOptionsError);
  expect(make).toThrow(/has 7 problems/);
});

describe('each problem has its path and its remedy', () => {
  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['an issuer in the clear', { issuer: 'http://auth.example.com' }, 'issuer', /https/],
    ['an issuer that is no URL', { issuer: 'auth' }, 'issuer', /https/],
    ['an issuer with a query', { issuer: 'https://auth.example.com/?a=b' }, 'issuer', /query/],
    ['an issuer with a fragment', { issuer: 'https://auth.example.com/#a' }, 'issuer', /fragment/],
    ['keys in the clear', { jwksUri: 'http://auth.example.com/jwks' }, 'jwksUri', /https/],
    ['keys in a file', { jwksUri: 'file:///jwks' }, 'jwksUri', /https/],
    ['an empty audience', { audience: '' }, 'audience', /other APIs/],
    ['no audience in the list', { audience: [] }, 'audience', /at least one/],
    ['an audience that is no text', { audience: 1 }, 'audience', /name of this API/],
    ['none', { algorithms: ['none'] }, 'algorithms[0]', /without a signature/],
    ['NONE', { algorithms: ['RS256', 'NONE'] }, 'algorithms[1]', /without a signature/],
    ['HMAC with a published key set', { algorithms: ['HS256'] }, 'algorithms[0]', /shared secret/],
    ['an unknown algorithm', { algorithms: ['RS257'] }, 'algorithms[0]', /one of RS256/],
    ['no algorithm', { algorithms: [] }, 'algorithms', /at least one/],
    ['an unknown token type', { tokenType: 'JWT' }, 'tokenType', /at\+jwt/],
    ['a claim without a name', { claims: { tier: '' } }, 'claims.tier', /name of a claim/],
    ['a claim nobody reads', { claims: { subject: 'x' } }, 'claims', /subject/],
    ['a tolerance over a minute', { toleranceSeconds: 60.5 }, 'toleranceSeconds', /mending/],
    ['a tolerance below zero', { toleranceSeconds: -1 }, 'toleranceSeconds', /0 or more/],
    ['an infinite tolerance', { toleranceSeconds: Infinity }, 'toleranceSeconds', /./],
    ['tokens of any length', { longestToken: Infinity }, 'longestToken', /whole number/],
    ['shorter tokens than there are', { longestToken: 100 }, 'longestToken', /1,024/],
    ['a tolerance that is no number', { toleranceSeconds: NaN }, 'toleranceSeconds', /./],
    ['a cache of nothing', { cache: { entries: 0 } }, 'cache.entries', /cache: false/],
    ['a cache without end', { cache: { entries: 1e9 } }, 'cache.entries', /at most/],
    ['a cache of part of a byte', { cache: { bytes: 1.5 } }, 'cache.bytes', /whole/],
    ['a cache with a wish', { cache: { ttl: 60 } }, 'cache', /ttl/],
    ['cache: true', { cache: true }, 'cache', /false, or how many/],
    ['a listener that is no function', { onEvent: 'console' }, 'onEvent', /function/],
    ['an option that does not exist', { audiences: ['x'] }, '', /audiences/],
    ['no policy', { policy: undefined }, 'policy', /definePolicy/],
    ['a policy that nobody defined', { policy: {} }, 'policy', /definePolicy/],
    ['no issuer in the list', { issuers: [] }, 'issuers', /at least one/],
    ['issuers that are no list', { issuers: {} }, 'issuers', /./],
    ['an issuer of the list that is null', { issuers: [null] }, 'issuers[0]', /./],
    [
      'an issuer of the list without audience',
      { issuers: [{ issuer: 'https://a.example.com' }] },
      'issuers[0].audience',
      /name of this API/,
    ],
    [
      'an issuer twice',
      {
        issuers: [
          { issuer: 'https://a.example.com', audience: 'a' },
          { issuer: 'https://a.example.com', audience: 'b' },
        ],
      },
      'issuers[1].issuer',
      /merge/,
    ],
    [
      'one issuer and several',
      { audience: 'api', issuers: [{ issuer: 'https://a.example.com', audience: 'a' }] },
      'audience',
      /move it into the list/,
    ],
  ])('%s', (_name, options, path, message) => {
    const problems = problemsOf({ policy, ...options });
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]?.message).toMatch(message);
  });
});

it.each([undefined, null, 1, 'https://auth.example.com', []])(
  'options that are %p are told apart',
  (options) => {
    expect(pathsOf(options)).toContain('');
  },
);

it.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
  'an issuer on %s may do without TLS',
  (issuer) => {
    expect(problemsOf({ policy, issuer })).toEqual([]);
  },
);

it.each([
  'http://localhost.example.com',
  'http://127.0.0.1.example.com',
  'http://10.0.0.1',
  'http://user@auth.example.com',
])('%s may not', (issuer) => {
  expect(pathsOf({ policy, issuer })).toEqual(['issuer']);
});

it('a listener that throws changes no answer', () => {
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const { onEvent } = resolveAuth({
    policy,
    onEvent: () => {
      throw new Error('full disk');
    },
  });
  expect(() => onEvent({ type: 'token_refused', reason: 'expired' })).not.toThrow();
  expect(warned).toHaveBeenCalledWith(expect.stringContaining('full disk'));
  warned.mockRestore();
});
