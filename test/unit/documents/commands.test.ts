import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentedCommands, renderCommands } from '../../support/documents/commands';
import { CHECKOUT } from '../../support/documents/sources';

it('docs/commands.md has every command, argument and option, as the code has them', async () => {
  expect(readFileSync(join(CHECKOUT, 'docs/commands.md'), 'utf8')).toBe(await renderCommands());
});

describe('each command', () => {
  it('takes --json', async () => {
    const without = (await documentedCommands()).filter(
      ({ terms }) => !terms.some(([term]) => term === '--json'),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('says what it does, and what each argument and option is', async () => {
    const commands = await documentedCommands();
    expect(commands.length).toBeGreaterThan(20);
    for (const { description, terms } of commands) {
      expect(description).not.toBe('');
      for (const [, what] of terms) expect(what).not.toBe('');
    }
  });
});
