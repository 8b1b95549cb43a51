/** What pages say of commands, of figures and of the policy is what is there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policy } from '../../../policy';
import { documentedCommands } from '../../support/documents/commands';
import { CHECKOUT } from '../../support/documents/sources';
import { tablesIn } from '../../support/documents/tables';

const read = (file: string): string => readFileSync(join(CHECKOUT, file), 'utf8');
const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'cli/README.md', 'constructs/README.md', 'runtime/README.md'],
  ...readdirSync(join(CHECKOUT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.startsWith('api'))
    .map((file) => join('docs', file)),
];

/** What stands behind `portcullis` in snippets of a shell, word by word, up to the end of the command. */
function calledIn(markdown: string): string[][] {
  const snippets = [...markdown.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, code = '']) => code);
  const spans = [...markdown.matchAll(/`((?:npx |npm run (?:--silent )?)?portcullis(?: --)? [^`\n]+)`/g)];
  return [...snippets, ...spans.map(([, span = '']) => span)].flatMap((code) =>
    [...code.replaceAll(/\\\n/g, ' ').matchAll(/(?<![\w/@-])portcullis(?: --)? ([^\n|;)#>]+)/g)].map(
      ([, words = '']) =>
        words
          .replaceAll(/'[^']*'|"[^"]*"/g, 'QUOTED')
          .split(' -- ')[0]!
          .trim()
          .split(/\s+/),
    ),
  );
}

interface Command {
  readonly name: string;
  readonly options: ReadonlySet<string>;
}

async function commands(): Promise<Command[]> {
  return (await documentedCommands()).map(({ name, terms }) => ({
    name,
    options: new Set(
      terms.flatMap(([term]) => [...term.matchAll(/(?<!\S)--?[a-z][\w-]*/g)].map(([one]) => one)),
    ),
  }));
}

/** What is wrong with a call; nothing where such a command has such options. */
function problemOf(words: readonly string[], known: readonly Command[]): string | undefined {
  const said = words.join(' ');
  const [first = ''] = words;
  // `portcullis --help`, and prose such as `portcullis <command>`.
  if (!/^[a-z]/.test(first)) return undefined;
  const command = known
    .filter(({ name }) => said === name || said.startsWith(`${name} `))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (command === undefined)
    return known.some(({ name }) => name.startsWith(`${said} `)) ? undefined : `no such command: ${said}`;
  const options = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.replace(/=.*/, ''));
  const unknown = options.filter((option) => option !== '--help' && !command.options.has(option));
  return unknown.length === 0 ? undefined : `no such option of ${command.name}: ${unknown.join(' ')}`;
}

describe('commands that documents name', () => {
  it.each(documents)('%s: exist, with these options', async (document) => {
    const known = await commands();
    expect(calledIn(read(document)).flatMap((words) => problemOf(words, known) ?? [])).toEqual([]);
  });

  it('are found, and one that does not exist would be', async () => {
    const known = await commands();
    expect(documents.flatMap((document) => calledIn(read(document))).length).toBeGreaterThan(50);
    const page = [
      '```sh\nnpm run --silent portcullis -- limits set acme 5/1m --untill 4h --reason "a b"\n```',
      '```sh\nnpx portcullis start -- node server.js --any | portcullis secret put a b\n```',
      '`portcullis limits set acme pro --reason x`, `portcullis limits`, `portcullis explain <code>`',
    ].join('\n\n');
    expect(calledIn(page).map((words) => problemOf(words, known))).toEqual([
      'no such option of limits set: --untill',
      undefined,
      'no such command: secret put a b',
      undefined,
      undefined,
      undefined,
    ]);
  });
});

it('docs/capacity.md has no measured figure that bench/RESULTS.md has not', () => {
  const results = read('bench/RESULTS.md');
  const page = read('docs/capacity.md');
  const sections = page.split(/^## /m).filter((section) => /^\| .*measured/m.test(section));
  const figures = sections.flatMap((section) =>
    tablesIn(section).flatMap(([, cell = '']) =>
      [...cell.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([one]) => one),
    ),
  );
  expect(figures.length).toBeGreaterThan(15);
  expect(figures.filter((figure) => !results.includes(figure))).toEqual([]);
});

it('docs/the-case.md names the limits, the costs and the lives that the policy has', () => {
  const page = read('docs/the-case.md');
  const { tiers, routes, lifetimes } = policy;
  const limitOf = (tier: string): string => (tiers[tier]?.[0]?.limit ?? 0).toLocaleString('en');
  expect(page).toContain(
    `free ${limitOf('free')}, pro ${limitOf('pro')}, enterprise ${limitOf('enterprise')} a minute`,
  );
  const costs = [...new Set(routes.map(({ cost }) => cost))].filter((cost) => cost > 1);
  expect(page).toContain(`${costs[0]} to write, ${costs[1]} to export, ${costs[2]} for a report`);
  expect(page).toContain(`access tokens of ${lifetimes.accessTokenSeconds / 60} minutes`);
  expect(page).toContain(`a credential lives ${lifetimes.credentialSeconds / 60} minutes at most`);
  expect(page).toContain(`replaced after ${lifetimes.rotateAtSeconds / 60}`);
});
