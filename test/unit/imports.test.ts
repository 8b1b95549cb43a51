/**
 * Two files that import each other cannot be read, or moved, one without the other. ESLint's `import-x/no-cycle` holds
 * the imports of values to that and ignores `import type`; this holds both.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { preProcessFile } from 'typescript';

const CHECKOUT = join(__dirname, '../..');
const FOLDERS = ['runtime/src', 'constructs/src', 'cli/src', 'stacks', 'example', 'test', 'bench'];

type Imports = ReadonlyMap<string, readonly string[]>;

/** The repository's own files that each file imports, types included. */
function importsOf(folders: readonly string[]): Imports {
  const files = folders.flatMap((folder) =>
    readdirSync(join(CHECKOUT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/(^|\/)(node_modules|dist|cdktf\.out)\//.test(name))
      .map((name) => join(CHECKOUT, folder, name)),
  );
  return new Map(files.map((file) => [shown(file), importedBy(file).map(shown)]));
}

function importedBy(file: string): string[] {
  const { importedFiles } = preProcessFile(readFileSync(file, 'utf8'));
  return importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith('.')) return [];
    const path = join(dirname(file), fileName);
    return [`${path}.ts`, join(path, 'index.ts')].find((candidate) => existsSync(candidate)) ?? [];
  });
}

const shown = (file: string): string => relative(CHECKOUT, file);

/** One circle for each import that closes one. */
function circlesIn(imports: Imports): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file].join(' → '));
    if (start >= 0 || done.has(file)) return;
    for (const imported of imports.get(file) ?? []) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return circles;
}

it('no file imports itself by way of others, not even a type', () => {
  const imports = importsOf(FOLDERS);
  expect(imports.get('runtime/src/auth/options.ts')).toContain('runtime/src/auth/token/token-verifier.ts');
  expect(circlesIn(imports)).toEqual([]);
});

it('a circle would be found, and named', () => {
  const imports = new Map([
    ['a', ['b', 'd']],
    ['b', ['c']],
    ['c', ['b']],
    ['d', []],
  ]);
  expect(circlesIn(imports)).toEqual(['b → c → b']);
});
