/** The product's sources, read by TypeScript's parser: what documents say is held against them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export const CHECKOUT = join(__dirname, '../../..');

const parsed = new Map<string, ts.SourceFile[]>();

/** @param folders as in `runtime/src`, from the root of the checkout. */
export function sourcesIn(...folders: readonly string[]): ts.SourceFile[] {
  return folders.flatMap((folder) => {
    const sources =
      parsed.get(folder) ??
      readdirSync(join(CHECKOUT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.m?ts$/.test(name) && !name.includes('node_modules'))
        .map((name) => parse(readFileSync(join(CHECKOUT, folder, name), 'utf8'), join(folder, name)));
    parsed.set(folder, sources);
    return sources;
  });
}

export function parse(text: string, name = 'source.ts'): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
}

/** The node itself, and every one below it. */
export function nodesOf(node: ts.Node): ts.Node[] {
  const nodes = [node];
  const visit = (child: ts.Node): void => {
    nodes.push(child);
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return nodes;
}

/** The texts that the code holds between quotes, types included; comments are none. */
export function textsOf(sources: readonly ts.SourceFile[]): string[] {
  return sources.flatMap((source) =>
    nodesOf(source).flatMap((node) => (ts.isStringLiteralLike(node) ? [node.text] : [])),
  );
}

export const sorted = (texts: Iterable<string>): string[] => [...new Set(texts)].sort();
