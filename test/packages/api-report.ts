/**
 * What a package's declarations say to whoever compiles against it, as one text: each exported name with its declaration,
 * and what those name in turn, without comments. A change of it is a change for users.
 */
import ts from 'typescript';

/** @param entry a `.d.ts` file @param folder below which declarations are the package's own */
export function apiReport(entry: string, folder: string): string {
  const program = ts.createProgram([entry], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    skipLibCheck: true,
    strict: true,
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
  const resolved = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const own = (symbol: ts.Symbol): ts.Declaration[] =>
    (symbol.declarations ?? []).filter((one) => one.getSourceFile().fileName.startsWith(`${folder}/`));

  const exported = new Map<ts.Symbol, string>();
  for (const symbol of checker.getExportsOfModule(module)) exported.set(resolved(symbol), symbol.name);
  const referenced = new Map<ts.Symbol, string>();
  const follow = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const found = checker.getSymbolAtLocation(node);
      const symbol = found && resolved(found);
      if (symbol && !exported.has(symbol) && !referenced.has(symbol) && own(symbol).some(isStatement)) {
        referenced.set(symbol, symbol.name);
        own(symbol).forEach(follow);
      }
    }
    node.forEachChild(follow);
  };
  for (const symbol of exported.keys()) own(symbol).forEach(follow);

  const listed = (symbols: ReadonlyMap<ts.Symbol, string>): string =>
    [...symbols]
      .map(([symbol, name]) => `${name}: ${own(symbol).map(shown).join('\n') || 'of another package'}`)
      .sort()
      .join('\n\n');
  return `${listed(exported)}\n\n// Not exported, but named above.\n\n${listed(referenced)}`;
}

/** Types, classes, functions and constants of a file, but not their members or parameters. */
function isStatement(node: ts.Declaration): boolean {
  return ts.isSourceFile((ts.isVariableDeclaration(node) ? node.parent.parent : node).parent);
}

const printer = ts.createPrinter({ removeComments: true });

function shown(node: ts.Declaration): string {
  const whole = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return printer
    .printNode(ts.EmitHint.Unspecified, whole, node.getSourceFile())
    .replace(/^(export )?(declare )?/, '');
}
