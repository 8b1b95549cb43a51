import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from 'typescript';
import { CODES, renderPage } from '../../../cli/src/explain/catalogue';
import { CHECKOUT, parse, sorted, sourcesIn, textsOf } from '../../support/documents/sources';

/** Node's own. */
const FOREIGN = ['ERR_MODULE_NOT_FOUND'];

const codesIn = (sources: readonly SourceFile[]): string[] =>
  sorted(textsOf(sources).filter((text) => /^ERR_[A-Z_]*[A-Z]$/.test(text) && !FOREIGN.includes(text)));

it('every code that the sources hold is explained, and no other', () => {
  const sources = sourcesIn('runtime/src', 'constructs/src', 'cli/src', 'stacks').filter(
    ({ fileName }) => !fileName.startsWith('cli/src/explain/'),
  );
  expect(codesIn(sources)).toEqual(sorted(CODES));
  expect(CODES.length).toBeGreaterThan(50);
});

it('a code is found in a type, in an expression, and not in a comment', () => {
  const source = parse(`
    // 'ERR_COMMENT'
    type Code = 'ERR_OF_TYPE' | 'ERR_PREFIX_';
    const code = sealed ? 'ERR_THROWN' : \`ERR_QUOTED\`;
  `);
  expect(codesIn([source])).toEqual(['ERR_OF_TYPE', 'ERR_QUOTED', 'ERR_THROWN']);
});

it('docs/errors.md is what `portcullis explain` prints', () => {
  expect(readFileSync(join(CHECKOUT, 'docs/errors.md'), 'utf8')).toBe(renderPage());
});
