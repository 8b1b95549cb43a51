import { stripVTControlCharacters } from 'node:util';
import type { Change } from '../../../../cli/src/plan/change';
import { renderMarkdown } from '../../../../cli/src/plan/render/markdown';
import { renderSarif } from '../../../../cli/src/plan/render/sarif';
import { renderTerminal } from '../../../../cli/src/plan/render/terminal';
import { summarize } from '../../../../cli/src/plan/summary';

const policy = (name: string, text = 'path "a" { capabilities = ["read"] }'): Change => ({
  address: `vault_policy.${name}`,
  type: 'vault_policy',
  action: 'create',
  before: {},
  after: { name, policy: text },
});

const ESCAPE = '\u001b';

describe('a summary shown to people', () => {
  const hostile = `</details>![x](https://evil.example/x.png) @everyone | ${ESCAPE}[2J\u202e <!-- x -->\nnext`;

  it('lets no name of a resource become Markdown, a mention or a control sequence', async () => {
    const summary = await summarize('vault-dev', [policy(hostile)]);
    const markdown = renderMarkdown([summary]);
    expect(markdown).not.toMatch(/<\/details>!|!\[|@everyone|\u202e|\nnext/);
    expect(markdown).not.toContain(ESCAPE);
    const lines = stripVTControlCharacters(renderTerminal([summary]));
    expect(lines).toContain('[2J');
    expect(lines).not.toMatch(/\u202e|\nnext/);
    expect(() => JSON.parse(renderSarif([summary], 'stacks/main.ts')) as unknown).not.toThrow();
  });

  it('marks the comment, so that the next run updates it', async () => {
    expect(renderMarkdown([await summarize('vault-dev', [])])).toMatch(
      /^<!-- portcullis-plan vault-dev -->\n/,
    );
  });

  it('stays below what GitHub takes as a comment', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => ({
      ...policy(`${'p'.repeat(150)}${index}`),
      type: 'vault_mount',
    }));
    const summary = await summarize('a', many);
    const summaries = ['a', 'b', 'c'].map((stack) => ({ ...summary, stack }));
    const markdown = renderMarkdown(summaries);
    expect(markdown.length).toBeLessThan(65_536);
    expect(markdown).toContain('5000 to create');
    const sarif = JSON.parse(renderSarif(summaries, 'a.ts')) as { runs: [{ results: unknown[] }] };
    expect(sarif.runs[0].results).toHaveLength(5_000);
  });

  it('folds what is routine', async () => {
    const gate = { type: 'terraform_data', address: 'terraform_data.api__given', action: 'create' as const };
    const summary = await summarize('vault-dev', [{ ...gate, before: {}, after: { input: { version: 1 } } }]);
    expect(summary.grade).toBe('routine');
    expect(renderMarkdown([summary])).toContain('<details><summary>1 routine</summary>');
  });
});
