import { Testing } from 'cdktf';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OrdersVault } from './readme-example';
import { only, synthesize } from './synthesize';

it("shows in the constructs' README a stack that synthesizes, word for word", () => {
  const readme = readFileSync(join(__dirname, '../../constructs/README.md'), 'utf8');
  const example = readFileSync(join(__dirname, 'readme-example.ts'), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);

  const stack = synthesize(new OrdersVault(Testing.app()));
  expect(only(stack, 'vault_policy', 'orders').policy).toContain('path "database/creds/orders-role"');
});
