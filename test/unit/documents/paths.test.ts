import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CHECKOUT = join(__dirname, '../../..');

/** A path in the checkout: it has a slash, or the extension of a source or a document. */
const PATH = /^(?!@)[\w.-]+(\/[\w.-]+)+\/?$|^[\w-]+\.(ts|mts|md|mjs|json|sql)$/;
/** File names that stand for one in each of several folders. */
const IN_MANY_FOLDERS = ['options.ts', 'events.ts', 'metrics.ts', 'index.ts', 'command.ts'];

/** What a document names of the checkout, outside of its snippets: in code spans and as targets of links. */
function pathsIn(document: string): string[] {
  const prose = readFileSync(join(CHECKOUT, document), 'utf8').replace(/^ *```[\s\S]*?^ *```$/gm, '');
  const spans = [...prose.matchAll(/`([^`]+)`/g)].flatMap(([, span = '']) => span.split(/\s+/));
  const links = [...prose.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) =>
    join(dirname(document), target),
  );
  const named = spans.filter((span) => PATH.test(span) && !IN_MANY_FOLDERS.includes(span));
  return [...new Set([...named, ...links])];
}

describe.each([
  ['CONTRIBUTING.md', 40],
  ['README.md', 5],
])('%s', (document, least) => {
  it('names only files and folders that exist', () => {
    const paths = pathsIn(document);
    expect(paths.length).toBeGreaterThan(least);
    expect(paths.filter((path) => !existsSync(join(CHECKOUT, path)))).toEqual([]);
  });
});
