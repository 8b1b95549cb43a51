/** Providers differ: in what they call an access token, in the names of their claims, in their keys. */
import type { JWK } from 'jose';
import { policy } from '../../../../../policy';
import type { AuthContext } from '../../../../../runtime/src/auth';
import { resolveAuth, type AuthOptions } from '../../../../../runtime/src/auth/options';
import { makeVerifier, type TokenVerifier } from '../../../../../runtime/src/auth/token/token-verifier';
import { Forge } from '../../../../support/attack/forge';
import { manualClock, settled } from '../../../../support/clock';
import { published } from '../../../../support/auth/published';

const NOW = Date.UTC(2026, 5, 1) / 1_000;
const ours = new Forge(policy.issuer, policy.audience, NOW);
const theirs = new Forge('https://login.partner.example.com/', 'partner-api', NOW);

let verifier: TokenVerifier;

async function start(options: Partial<AuthOptions>): Promise<void> {
  const [our, their] = [published(ours.issuer), published('https://login.partner.example.com')];
  our.publish(...(ours.published as JWK[]));
  their.publish(...(theirs.published as JWK[]));
  verifier = makeVerifier(resolveAuth({ policy, ...options }), {
    clock: manualClock(NOW * 1_000),
    fetchJson: async (url) => {
      if (!url.startsWith('https://login.partner')) return our.fetchJson(url);
      const document = (await their.fetchJson(url)) as Record<string, unknown>;
      return 'issuer' in document ? { ...document, issuer: theirs.issuer } : document;
    },
  });
  await settled();
}

afterEach(() => verifier.close());

const verify = async (token: string): Promise<AuthContext> => verifier.verify(token);

describe('a provider whose access tokens do not say what they are', () => {
  beforeEach(() => start({ tokenType: 'any' }));

  const token = (typ: string | undefined, claims: Record<string, unknown> = {}): string =>
    ours.token({ header: { typ }, claims });

  it.each([['JWT'], ['jwt'], ['application/jwt'], [undefined], ['at+jwt']])('typ %s passes', async (typ) => {
    await expect(verify(token(typ))).resolves.toMatchObject({ subject: 'user-1' });
  });

  it.each<[string, string | undefined, Record<string, unknown>]>([
    ['an ID token with a nonce', 'JWT', { nonce: 'n' }],
    ['an ID token with at_hash', 'JWT', { at_hash: 'h' }],
    ['an ID token with c_hash', undefined, { c_hash: 'h' }],
    ['an ID token that says so', 'JWT', { token_use: 'id' }],
    ['an ID token without any of these: nothing tells', 'JWT', { scope: undefined, client_id: undefined }],
    ['a logout token', 'JWT', { events: {} }],
    ['a logout token that says so', 'logout+jwt', {}],
    ['a DPoP proof', 'dpop+jwt', {}],
    ['an empty typ', '', {}],
  ])('%s does not', async (_name, typ, claims) => {
    await expect(verify(token(typ, claims))).rejects.toMatchObject({ reason: 'wrong_type' });
  });
});

describe('several issuers', () => {
  beforeEach(() =>
    start({
      issuers: [
        { issuer: ours.issuer, audience: ours.audience },
        {
          issuer: theirs.issuer,
          audience: ['other', theirs.audience],
          algorithms: ['ES256'],
          claims: { organisation: 'https://partner.example.com/org', tier: 'plan' },
        },
      ],
    }),
  );

  it('each token is judged by the rules of its own', async () => {
    const claims = { 'https://partner.example.com/org': 'org-9', org_id: 'org-1', plan: 'enterprise' };
    await expect(verify(theirs.token({ claims }, theirs.ec))).resolves.toMatchObject({
      issuer: theirs.issuer,
      organisation: 'org-9',
      tier: 'enterprise',
    });
    await expect(verify(ours.token())).resolves.toMatchObject({ organisation: 'org-1', tier: 'pro' });
  });

  it('the algorithm that one allows is not allowed to the other', async () => {
    await expect(verify(theirs.token())).rejects.toMatchObject({ reason: 'algorithm_not_allowed' });
  });

  it('one cannot speak for another: its keys do not count there', async () => {
    await expect(verify(ours.token({}, theirs.ec))).rejects.toMatchObject({ reason: 'bad_signature' });
  });

  it('the audience of one is not that of another', async () => {
    const token = theirs.token({ claims: { aud: ours.audience } }, theirs.ec);
    await expect(verify(token)).rejects.toMatchObject({ reason: 'wrong_audience' });
  });

  it('readiness names those whose keys are missing', async () => {
    expect(verifier.readiness()).toEqual({ ready: true, waitingFor: [] });
    await start({
      issuers: [
        { issuer: ours.issuer, audience: 'a' },
        { issuer: 'https://login.partner.example.com/gone', audience: 'b' },
      ],
    });
    expect(verifier.readiness()).toEqual({
      ready: false,
      waitingFor: ['https://login.partner.example.com/gone'],
    });
  });
});

it('what a token says is frozen through and through: requests share it', async () => {
  await start({});
  const { claims, scopes } = await verify(ours.claims({ act: { roles: ['a'] } }));
  expect(Object.isFrozen(claims)).toBe(true);
  expect(Object.isFrozen(scopes)).toBe(true);
  expect(() => ((claims.act as { roles: string[] }).roles[0] = 'admin')).toThrow(TypeError);
});
