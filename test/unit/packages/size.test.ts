/**
 * The runtime stays small. Lines of code are lines on which a token of TypeScript stands: comments and blank lines are
 * none, a brace alone is one. (How large it is when it is installed: test/packages.)
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import manifest from '../../../runtime/package.json';
import * as runtime from '../../../runtime/src';

const SOURCES = join(__dirname, '../../../runtime/src');
/** The design's is 12,000: what is added now takes its place from what can become an example. */
const MOST_LINES = 15_000;

function linesOfCode(text: string): number {
  const source = ts.createSourceFile('it.ts', text, ts.ScriptTarget.Latest);
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
    const parts = node.getChildren(source);
    parts.forEach(visit);
    if (parts.length > 0 || node.getWidth(source) === 0) return;
    const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
    for (let line = lineOf(node.getStart(source)); line <= lineOf(node.getEnd()); line += 1) lines.add(line);
  };
  visit(source);
  return lines.size;
}

test('lines of code are counted without comments and blank lines', () => {
  expect(linesOfCode('/** One. */\nconst a = `1\n2`;\n\n// Two\nexport { a }; /* three */\n')).toBe(3);
});

test(`its sources have at most ${MOST_LINES} lines of code`, () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const lines = files.map((name) => linesOfCode(readFileSync(join(SOURCES, name), 'utf8')));
  const total = lines.reduce((sum, one) => sum + one, 0);
  expect(total).toBeGreaterThan(1_000);
  expect(total).toBeLessThanOrEqual(MOST_LINES);
});

test('its root exports at most 50 values', () => {
  expect(Object.keys(runtime).length).toBeLessThanOrEqual(50);
});

test('it depends on at most 7 packages, none of which is for types', () => {
  const names = Object.keys(manifest.dependencies);
  expect(names.length).toBeLessThanOrEqual(7);
  expect(names.filter((name) => name.startsWith('@types/'))).toEqual([]);
});
