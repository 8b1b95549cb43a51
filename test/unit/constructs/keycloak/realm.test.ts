import { keycloakRealm, type KeycloakRealmProps, type RealmClient } from '@portcullis/constructs/keycloak';
import { definePolicy, type PolicyInput } from '@portcullis/runtime/policy';
import { policy } from '../../../../policy';

const environment = 'staging';
const redirectUri = 'https://api.example.com/auth/callback';
const login = { clientId: 'web', redirectUri };
const organisations = [{ alias: 'acme', tier: 'pro' }, { alias: 'beta' }];
const services = [{ clientId: 'billing', scopes: ['read:transactions'], organisation: 'acme' }];

const clientOf = (clientId: string, props: Partial<KeycloakRealmProps> = {}): RealmClient => {
  const { clients } = keycloakRealm({ environment, policy, login, organisations, services, ...props });
  return clients.find((client) => client.clientId === clientId)!;
};

const withPolicy = (changes: Partial<PolicyInput>): ReturnType<typeof definePolicy> =>
  definePolicy({
    ...{ name: 'orders', issuer: 'https://id.example.com', audience: 'https://orders.example.com' },
    ...{ tiers: { free: [{ limit: 10, window: '1m' }] }, defaultTier: 'free' },
    routes: [{ method: 'GET', path: '/orders', scopes: ['read:orders'] }],
    lifetimes: { accessToken: '15m', credential: '60m', rotateAt: '50m' },
    ...changes,
  });

describe('a realm', () => {
  it('has the policy’s name and lifetimes', () => {
    const { realm, settings } = keycloakRealm({
      environment,
      policy: withPolicy({
        lifetimes: { accessToken: '5m', credential: '60m', rotateAt: '50m', session: '8h' },
      }),
    });
    expect(realm).toBe('orders');
    expect(settings).toMatchObject({
      ...{ realm: 'orders', accessTokenLifespan: 300, accessTokenLifespanForImplicitFlow: 300 },
      ...{ ssoSessionMaxLifespan: 28_800, ssoSessionIdleTimeout: 3_600 },
    });
  });

  it('slows guessing down, takes each refresh token once, and speaks https to other machines', () => {
    expect(keycloakRealm({ environment, policy }).settings).toMatchObject({
      ...{ bruteForceProtected: true, revokeRefreshToken: true, refreshTokenMaxReuse: 0 },
      ...{ sslRequired: 'external', registrationAllowed: false, adminEventsDetailsEnabled: false },
    });
  });

  it('has each scope of the policy once, as what tokens name', () => {
    const { clientScopes } = keycloakRealm({ environment, policy });
    const named = clientScopes.filter(
      ({ settings }) => (settings.attributes as Record<string, string>)['include.in.token.scope'] === 'true',
    );
    expect(named.map(({ name }) => name)).toEqual([
      'read:transactions',
      'write:transactions',
      'generate:reports',
    ]);
  });

  it('makes tokens name the API and nobody else', () => {
    const [mapper, ...others] = keycloakRealm({ environment, policy }).clientScopes.flatMap(({ mappers }) =>
      mappers.filter(({ name }) => name === 'audience'),
    );
    expect(others).toEqual([]);
    expect(mapper?.config).toMatchObject({
      ...{ 'included.custom.audience': policy.audience, 'access.token.claim': 'true' },
      'id.token.claim': 'false',
    });
  });

  it('belongs to its policy and its environment, whatever it is called', () => {
    expect(keycloakRealm({ environment, policy, realm: 'customers' })).toMatchObject({
      ...{ realm: 'customers', owner: 'fintech-api/staging' },
    });
  });

  it('keeps an organisation’s tier in its attribute, and none where the policy’s default holds', () => {
    expect(keycloakRealm({ environment, policy, organisations }).organisations).toEqual([
      { alias: 'acme', settings: expect.objectContaining({ attributes: { tier: ['pro'] } }) as unknown },
      { alias: 'beta', settings: expect.objectContaining({ attributes: { tier: [] } }) as unknown },
    ]);
  });
});

describe('its clients', () => {
  it.each(['web', 'billing'])(
    '%s has neither the password grant nor the implicit flow, and is no public one',
    (id) => {
      expect(clientOf(id).settings).toMatchObject({
        ...{ publicClient: false, directAccessGrantsEnabled: false, implicitFlowEnabled: false },
        ...{ fullScopeAllowed: false, clientAuthenticatorType: 'client-secret' },
      });
    },
  );

  it.each(['web', 'billing'])('%s gets no token by a device’s code, for another’s token or by CIBA', (id) => {
    expect(clientOf(id).settings.attributes).toMatchObject({
      'oauth2.device.authorization.grant.enabled': 'false',
      'standard.token.exchange.enabled': 'false',
      'oidc.ciba.grant.enabled': 'false',
    });
  });

  it('name no secret: Keycloak makes them', () => {
    const described = JSON.stringify(keycloakRealm({ environment, policy, login, organisations, services }));
    expect(described).not.toMatch(/"secret"/);
  });

  it('log people in with PKCE, at one exact address', () => {
    const { settings } = clientOf('web');
    expect(settings).toMatchObject({
      ...{ standardFlowEnabled: true, serviceAccountsEnabled: false, redirectUris: [redirectUri] },
      attributes: { 'pkce.code.challenge.method': 'S256', 'post.logout.redirect.uris': '-' },
    });
  });

  it('are told of logouts where the app says so', () => {
    const backChannelLogoutUri = 'https://api.example.com/auth/backchannel-logout';
    const { settings } = clientOf('web', { login: { ...login, backChannelLogoutUri } });
    expect(settings.attributes).toMatchObject({
      ...{ 'backchannel.logout.url': backChannelLogoutUri, 'backchannel.logout.session.required': 'true' },
    });
  });

  it('may ask for the scopes that they were given, and for no offline access', () => {
    expect(clientOf('billing')).toMatchObject({
      organisation: 'acme',
      optionalScopes: ['read:transactions'],
    });
    for (const id of ['web', 'billing']) {
      const { defaultScopes, optionalScopes } = clientOf(id);
      expect([...defaultScopes, ...optionalScopes]).not.toContain('offline_access');
      expect(defaultScopes).toEqual(expect.arrayContaining(['organization', 'fintech-api-audience']));
    }
  });

  it('are none where nobody logs in and nothing calls', () => {
    expect(keycloakRealm({ environment, policy }).clients).toEqual([]);
  });
});

describe('what it refuses', () => {
  const problemOf = (props: Partial<KeycloakRealmProps>): string => {
    try {
      keycloakRealm({ environment, policy, ...props });
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_PROPS' });
      return (error as Error).message;
    }
    throw new Error('accepted');
  };

  it.each<[string, Partial<KeycloakRealmProps>, string]>([
    ['Keycloak’s own realm', { realm: 'master' }, 'realm: received "master"'],
    ['a realm that would be another path', { realm: '../master' }, 'realm: received "../master"'],
    ['a wildcard', { login: { ...login, redirectUri: 'https://a.example.com/*' } }, 'login.redirectUri'],
    [
      'an address in the clear',
      { login: { ...login, redirectUri: 'http://a.example.com/' } },
      'login.redirectUri',
    ],
    ['a script', { login: { ...login, redirectUri: 'javascript:alert(1)' } }, 'login.redirectUri'],
    ['no address', { login: { ...login, afterLogoutUri: 'goodbye' } }, 'login.afterLogoutUri'],
    [
      'several addresses in one',
      { login: { ...login, afterLogoutUri: 'https://a.example.com##https://b.example.com' } },
      'login.afterLogoutUri',
    ],
    [
      'a client of Keycloak’s',
      { login: { ...login, clientId: 'admin-cli' } },
      'login.clientId: received "admin-cli"',
    ],
    [
      'a scope that the policy does not know',
      { services: [{ clientId: 'billing', scopes: ['delete:everything'] }] },
      'services[0].scopes[0]: received "delete:everything"',
    ],
    [
      'an organisation that is not described',
      { services: [{ clientId: 'billing', scopes: [], organisation: 'gamma' }] },
      'services[0].organisation: received "gamma"',
    ],
    [
      'a tier that the policy does not know',
      { organisations: [{ alias: 'a', tier: 'gold' }] },
      'organisations[0].tier',
    ],
    [
      'the tier of callers without a token',
      { organisations: [{ alias: 'a', tier: 'anonymous' }] },
      'organisations[0].tier',
    ],
    [
      'an alias twice',
      { organisations: [{ alias: 'a' }, { alias: 'a' }] },
      'organisations[1].alias: is that of organisations[0]',
    ],
    [
      'a client twice',
      { login, services: [{ clientId: 'web', scopes: [] }] },
      'services[0].clientId: is that of login',
    ],
    [
      'a scope that means something to Keycloak',
      { policy: withPolicy({ routes: [{ method: 'GET', path: '/', scopes: ['offline_access'] }] }) },
      'policy: received "offline_access"',
    ],
    [
      'a scope that asks Keycloak for organisations',
      { policy: withPolicy({ routes: [{ method: 'GET', path: '/', scopes: ['organization:acme'] }] }) },
      'policy: received "organization:acme"',
    ],
    ['an environment that could be another’s', { environment: 'a/b' }, 'environment: received "a/b"'],
  ])('%s', (_, props, problem) => {
    expect(problemOf(props)).toContain(problem);
  });

  it('says everything at once, and shows no password', () => {
    const message = problemOf({
      realm: 'master',
      login: { clientId: '', redirectUri: 'https://user:hunter2@a.example.com/' },
      organisations: [{ alias: 'a b' }],
    });
    for (const path of ['realm', 'login.clientId', 'login.redirectUri', 'organisations[0].alias']) {
      expect(message).toContain(`${path}: received`);
    }
    expect(message).not.toContain('hunter2');
  });

  it.each([undefined, null, 'text', 7, [null]])(
    'what is no list or object, without a compiler: %j',
    (given) => {
      const props = { services: given, organisations: given } as unknown as Partial<KeycloakRealmProps>;
      if (given === undefined) expect(keycloakRealm({ environment, policy, ...props }).clients).toEqual([]);
      else expect(problemOf(props)).toMatch(/services(\[0\])?: received/);
    },
  );
});
