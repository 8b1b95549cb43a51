import { Testing } from 'cdktf';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { only, synthesize } from '../../support/synth/synthesize';
import { OrdersVault } from './orders-vault';

const CHECKOUT = join(__dirname, '../../..');
const read = (path: string): string => readFileSync(join(CHECKOUT, path), 'utf8');

/** The snippet of a file here, as a document shows it. `npm run typecheck` compiles these files. */
const snippet = (file: string): string => `\`\`\`ts\n${read(`test/synth/readme/${file}`)}\`\`\``;

it('shows in the README a quick start that compiles, word for word', () => {
  expect(read('README.md')).toContain(snippet('quick-start.mts'));
});

it('shows in the page on performance a server that compiles, word for word', () => {
  expect(read('docs/performance.md')).toContain(snippet('messages-of.mts'));
});

it('shows in the page on identity providers an app that compiles, word for word', () => {
  expect(read('docs/identity-providers.md')).toContain(snippet('keycloak.mts'));
});

it("shows in the constructs' README a stack that synthesizes, word for word", () => {
  expect(read('constructs/README.md')).toContain(snippet('orders-vault.ts'));

  const stack = synthesize(new OrdersVault(Testing.app()));
  expect(only(stack, 'vault_policy', 'orders').policy).toContain('path "database/creds/orders-role"');
});
