/**
 * A snippet that names a file is that file, whole: `<!-- examples/minute/server.mjs -->` on the line above the fence.
 * The file is run by a test.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../../support/documents/sources';

const documents = [
  'README.md',
  ...readdirSync(join(CHECKOUT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

const snippets = documents.flatMap((document) => {
  const text = readFileSync(join(CHECKOUT, document), 'utf8');
  return [...text.matchAll(/^<!-- (\S+) -->\n\n?```\w+\n([\s\S]*?)^```$/gm)].map(
    ([, file = '', code = '']) => [document, file, code] as const,
  );
});

it('are there', () => expect(snippets).not.toEqual([]));

it.each(snippets)('%s shows %s as it is', (_document, file, code) => {
  expect(code).toBe(readFileSync(join(CHECKOUT, file), 'utf8'));
});
