import { Testing } from 'cdktf';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { only, synthesize } from '../../support/synth/synthesize';
import type { Preset } from '@portcullis/runtime/presets';
import { policy } from '../../../policy';
import { resolveLogin } from '../../../runtime/src/auth/login/options';
import { resolveAuth } from '../../../runtime/src/auth/options';
import { identity as auth0 } from './auth0';
import { identity as b2c } from './b2c';
import { identity as cognito } from './cognito';
import { identity as entra } from './entra';
import { identity as google } from './google';
import { identity as hydra } from './hydra';
import { identity as keycloak } from './keycloak';
import { identity as okta } from './okta';
import { OrdersVault } from './orders-vault';
import { identity as zitadel } from './zitadel';

type Identity = Pick<Preset, 'login'> & Partial<Pick<Preset, 'verify'>>;

const CHECKOUT = join(__dirname, '../../..');
const read = (path: string): string => readFileSync(join(CHECKOUT, path), 'utf8');

/** The snippet of a file here, as a document shows it. `npm run typecheck` compiles these files. */
const snippet = (file: string): string => `\`\`\`ts\n${read(`test/synth/readme/${file}`)}\`\`\``;

it("shows in the runtime's README a quick start that compiles, word for word", () => {
  expect(read('runtime/README.md')).toContain(snippet('quick-start.mts'));
});

it('shows in the page on performance a server that compiles, word for word', () => {
  expect(read('docs/performance.md')).toContain(snippet('messages-of.mts'));
});

it('shows in the page on identity providers an app that compiles, word for word', () => {
  expect(read('docs/identity-providers.md')).toContain(snippet('provider-app.mts'));
});

it.each([
  ['auth0', 'auth0', auth0],
  ['cognito', 'cognito', cognito],
  ['entra', 'entra', entra],
  ['entra', 'b2c', b2c],
  ['google', 'google', google],
  ['hydra', 'hydra', hydra],
  ['keycloak', 'keycloak', keycloak],
  ['okta', 'okta', okta],
  ['zitadel', 'zitadel', zitadel],
] satisfies [string, string, Identity][])(
  'shows in the page on %s what login() and requireAuth() take, word for word: %s',
  (page, file, identity: Identity) => {
    expect(read(`docs/providers/${page}.md`)).toContain(snippet(`${file}.ts`));
    const client = { clientId: 'web', clientSecret: 'secret', encryptionKeys: ['k'.repeat(32)] };
    const redirectUri = 'https://orders.example.com/auth/callback';
    expect(() => resolveLogin({ policy, ...identity.login, ...client, redirectUri })).not.toThrow();
    const { verify } = identity;
    if (verify) expect(() => resolveAuth({ policy, ...verify })).not.toThrow();
  },
);

it('shows in the page on other frameworks a server that compiles, word for word', () => {
  expect(read('docs/frameworks.md')).toContain(snippet('verifier.mts'));
});

it("shows in the constructs' README a stack that synthesizes, word for word", () => {
  expect(read('constructs/README.md')).toContain(snippet('orders-vault.ts'));

  const stack = synthesize(new OrdersVault(Testing.app()));
  expect(only(stack, 'vault_policy', 'orders').policy).toContain('path "database/creds/orders-role"');
});
