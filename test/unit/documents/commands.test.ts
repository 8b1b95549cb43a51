import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentedCommands, renderCommands } from '../../support/documents/commands';
import { CHECKOUT } from '../../support/documents/sources';

it('docs/commands.md has every command, argument and option, as the code has them', async () => {
  expect(readFileSync(join(CHECKOUT, 'docs/commands.md'), 'utf8')).toBe(await renderCommands());
});

/** They print no result that a script would read otherwise. */
const WITHOUT_JSON: Readonly<Record<string, string>> = {
  'identity secret': 'it writes the secret alone, for a pipe',
};

describe('each command', () => {
  it('takes --json, or is named here with the reason', async () => {
    const without = (await documentedCommands()).filter(
      ({ terms }) => !terms.some(([term]) => term === '--json'),
    );
    expect(without.map(({ name }) => name)).toEqual(Object.keys(WITHOUT_JSON));
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
