/** The policy held against the example, served as `npm start` serves it: real issuer, Vault, PostgreSQL and Redis. */
import { policy } from '../../../../policy';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { WEB_APP } from '../../../../stacks/web-app';
import { asItRuns } from '../../../../cli/src/sandbox/as-it-runs';
import { findSandbox, type Sandbox } from '../../../../cli/src/sandbox/find-sandbox';
import { offerSandbox } from '../../../../cli/src/sandbox/offer-sandbox';
import { mintWrappedLogin, startService, type Service } from '../../../../cli/src/local/service';
import { settingsOf } from '../../../../cli/src/verify/settings';
import { verify } from '../../../../cli/src/verify/verify';
import { deployed } from '../../../support/deployed';
import { useOidc, useRun } from '../../../support/engines';
import { SignJWT } from 'jose';

const SECRET = 'a-secret-of-the-test-that-is-long-enough';
const TIERS = Object.keys(policy.tiers).filter((tier) => tier !== 'anonymous');
const scopes = [...new Set(policy.routes.flatMap((route) => route.scopes))];

const organisationOf = (tier: string): string => `org-verify-${tier}`;

const CLIENTS = TIERS.map((tier) => ({
  ...{ clientId: `verify-${tier}`, clientSecret: SECRET, organisation: organisationOf(tier), tier, scopes },
}));

const oidc = useOidc({
  audience: policy.audience,
  scopes,
  accessTokenSeconds: policy.lifetimes.accessTokenSeconds,
  clients: CLIENTS,
});
const run = useRun();
let service: Service;
let config: { readonly jwt_signing_key: string; readonly oauth_client_secret: string };

beforeAll(async () => {
  const { vault, redis } = deployed();
  const admin = new VaultClient(vault.address, vault.rootToken);
  config = (await admin.read('secret/data/fintech-api/config')).data?.data as typeof config;
  service = await startService(run(), {
    login: await mintWrappedLogin(admin, policy.name),
    vaultAddress: vault.address,
    issuer: oidc().issuer,
    webApp: async (origin) => {
      const redirectUri = `${origin}/auth/callback`;
      await oidc().register({
        ...{ clientId: WEB_APP, clientSecret: config.oauth_client_secret, redirectUri },
        ...{ authentication: 'client_secret_basic', afterLogoutUri: `${origin}/` },
      });
      return { OAUTH_CLIENT_ID: WEB_APP, OAUTH_REDIRECT_URI: redirectUri };
    },
    redis,
    database: 'fintech',
    onLog: () => undefined,
  });
});
afterAll(() => service.stop());

const LINK = 'GET /api/exports/:link';

/** A link as `POST /api/transactions/export` makes one, which would spend of the limits that are looked at. */
const exported = (tier: string): Promise<string> =>
  new SignJWT({ asOf: new Date().toISOString() })
    .setProtectedHeader({ alg: 'HS256', typ: 'export+jwt' })
    .setSubject(organisationOf(tier))
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(config.jwt_signing_key));

/** What another terminal finds of it. */
async function sandboxOf({ statusSocket }: Service): Promise<Sandbox> {
  const { vault, redis } = deployed();
  const { folder } = run();
  await offerSandbox(
    run(),
    {
      ...{ folder, environment: 'local', issuer: oidc().issuer, vaultAddress: vault.address },
      ...{ redis: { host: redis.host, port: redis.port }, statusSocket, clients: CLIENTS },
    },
    {
      client: (id) => Promise.resolve(CLIENTS.find(({ clientId }) => clientId === id)),
      vaultToken: () => Promise.resolve('none'),
    },
  );
  const sandbox = await findSandbox(folder);
  if (sandbox === undefined) throw new Error('nothing is offered');
  return sandbox;
}

it('is verified whole, but for what cannot be had here', async () => {
  const [own, other] = await Promise.all([exported('enterprise'), exported('pro')]);
  const sandbox = await sandboxOf(service);
  const verifying = {
    examples: { [LINK]: { link: own } },
    pairs: [{ route: LINK, tier: 'enterprise', own: { link: own }, other: { link: other } }],
  };
  const environments = { local: { verify: verifying } };
  const { config: running, variables } = await asItRuns(sandbox, { policy, environments }, {});
  const wanted = { environment: 'local', unsafe: true };
  const settings = settingsOf(running, wanted, variables);
  const results = await verify(policy, new URL(service.url), settings);
  const open = results.filter(({ outcome }) => outcome !== 'verified');
  expect(open).toMatchObject([{ check: 'expired-token', outcome: 'unverified' }]);
});
