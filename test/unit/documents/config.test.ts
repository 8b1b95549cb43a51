/** docs/config.md has each field of a config, and the default that is meant. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { DEFAULT_VAULT } from '../../../cli/src/config/define-config';
import { CHECKOUT, nodesOf, parse, sorted } from '../../support/documents/sources';
import { tablesIn } from '../../support/documents/tables';

const read = (file: string): string => readFileSync(join(CHECKOUT, file), 'utf8');
const page = read('docs/config.md');
const declared = nodesOf(parse(read('cli/src/config/define-config.ts')));

/** First cells and last cells of the table below a heading; of the first table without one. */
function tableBelow(heading: string): [field: string, fallback: string][] {
  const [, text = ''] = heading === '' ? [page, page.split('\n## ')[0]] : page.split(`\n## ${heading}\n`);
  const [section = ''] = text.split('\n## ');
  return tablesIn(section).map((cells) => [cells[0]!.replaceAll('`', ''), cells.at(-1)!.replaceAll('`', '')]);
}

function fieldsOf(name: string): string[] {
  const found = declared.filter(ts.isInterfaceDeclaration).filter((one) => one.name.text === name);
  return found.flatMap(({ members }) => members.map((member) => member.name?.getText() ?? ''));
}

it.each([
  ['', 'ConfigInput'],
  ['An environment', 'EnvironmentConfig'],
  ['Names in Vault', 'VaultConfig'],
])('below "%s" are the fields of %s', (heading, name) => {
  const fields = fieldsOf(name);
  expect(fields.length).toBeGreaterThan(5);
  expect(sorted(tableBelow(heading).map(([field]) => field))).toEqual(sorted(fields));
});

it('names in Vault default to what the page says', () => {
  const table = Object.fromEntries(tableBelow('Names in Vault'));
  for (const [field, value] of Object.entries(DEFAULT_VAULT)) {
    if (typeof value === 'string') expect([field, table[field]]).toEqual([field, value]);
  }
});
