/** The page for those who come from other limiters knows every option that these have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../../support/documents/sources';

const read = (file: string): string => readFileSync(join(CHECKOUT, file), 'utf8');
const page = read('docs/from-other-limiters.md');
const [, erl = '', flexible = ''] = page.split(/^## /m);

/** What stands in code in the first column, without what follows a name. */
const namedIn = (section: string): string[] =>
  [...section.matchAll(/^\| ([^|]+)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)/g)].map(([, name = '']) => name),
  );

/** The members of a type in a declaration file. */
function membersOf(file: string, start: string): string[] {
  const text = read(file);
  const from = text.indexOf(start);
  expect(from).toBeGreaterThan(0);
  const body = text.slice(from, text.indexOf('\n}', from));
  return [...body.matchAll(/^(?:\t| {4})(\w+)\??:/gm)].map(([, name = '']) => name);
}

it("has express-rate-limit's options, each", () => {
  const options = membersOf('node_modules/express-rate-limit/dist/index.d.ts', 'export type Options = {');
  expect(options).toContain('windowMs');
  expect(options.filter((name) => !namedIn(erl).includes(name))).toEqual([]);
});

it.each(['IRateLimiterOptions', 'IRateLimiterStoreOptions', 'IRateLimiterRedisOptions'])(
  "has rate-limiter-flexible's options of %s, each",
  (type) => {
    const options = membersOf('node_modules/rate-limiter-flexible/types.d.ts', `interface ${type} `);
    expect(options.length).toBeGreaterThan(3);
    expect(options.filter((name) => !namedIn(flexible).includes(name))).toEqual([]);
  },
);

it('names the versions that are installed beside ours', () => {
  const majorOf = (name: string): string =>
    (JSON.parse(read(`node_modules/${name}/package.json`)) as { version: string }).version.split('.')[0] ??
    '';
  expect(page).toContain(`## express-rate-limit ${majorOf('express-rate-limit')}\n`);
  expect(page).toContain(`## rate-limiter-flexible ${majorOf('rate-limiter-flexible')}\n`);
});
