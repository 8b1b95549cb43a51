/** What the sources call things that users see: metrics, events, environment variables. */
import ts from 'typescript';
import { nodesOf } from './sources';

export interface Metric {
  readonly name: string;
  readonly kind: string;
  /** Empty: the instrument has none. */
  readonly unit: string;
}

/** The instruments that are made by calls such as `createCounter('name', { unit })`. */
export function metricsIn(sources: readonly ts.SourceFile[]): Metric[] {
  return allNodes(sources).flatMap((node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
    const [, kind] =
      /^create(?:Observable)?(Counter|UpDownCounter|Gauge|Histogram)$/.exec(node.expression.name.text) ?? [];
    const [name, options] = node.arguments;
    if (kind === undefined || name === undefined) return [];
    const unit = options && ts.isObjectLiteralExpression(options) ? textOf(options, 'unit') : '';
    return [
      { name: ts.isStringLiteralLike(name) ? name.text : name.getText(), kind: kind.toLowerCase(), unit },
    ];
  });
}

function textOf(object: ts.ObjectLiteralExpression, property: string): string {
  const found = object.properties.find(({ name }) => name?.getText() === property);
  return found && ts.isPropertyAssignment(found) && ts.isStringLiteralLike(found.initializer)
    ? found.initializer.text
    : '';
}

export interface Event {
  readonly name: string;
  /** With a `?` where they may be missing. */
  readonly fields: readonly string[];
}

/** The alternatives of the types `…Event` that have a literal as their `type`. */
export function eventsIn(sources: readonly ts.SourceFile[]): Event[] {
  const declared = (source: ts.SourceFile) =>
    source.statements.filter((one) => ts.isTypeAliasDeclaration(one) || ts.isInterfaceDeclaration(one));
  /** Files may use one name for two types: the type of the file itself goes first. */
  const find: Find = (name, from) =>
    [from, ...sources].flatMap(declared).find((one) => one.name.text === name);
  return sources
    .flatMap(declared)
    .filter((one) => ts.isTypeAliasDeclaration(one))
    .filter(({ name }) => isEvent(name.text))
    .flatMap(({ type }) => alternativesOf(type, find))
    .flatMap((properties) => eventsOf(properties));
}

type Find = (
  name: string,
  from: ts.SourceFile,
) => ts.TypeAliasDeclaration | ts.InterfaceDeclaration | undefined;
type Properties = readonly {
  readonly name: string;
  readonly optional: boolean;
  readonly type: ts.TypeNode | undefined;
}[];

const isEvent = (name: string): boolean => /\wEvent$/.test(name);

/** The properties of each alternative; of an intersection those of all of its parts. */
function alternativesOf(type: ts.TypeNode, find: Find): Properties[] {
  if (ts.isParenthesizedTypeNode(type)) return alternativesOf(type.type, find);
  if (ts.isUnionTypeNode(type)) return type.types.flatMap((one) => alternativesOf(one, find));
  if (ts.isIntersectionTypeNode(type)) return [type.types.flatMap((one) => alternativesOf(one, find).flat())];
  if (ts.isTypeLiteralNode(type)) return [propertiesOf(type.members)];
  return ts.isTypeReferenceNode(type) ? referred(type, find) : [];
}

/** What a name stands for, `Partial<…>` included. */
function referred(reference: ts.TypeReferenceNode, find: Find): Properties[] {
  const name = reference.typeName.getText();
  const [argument] = reference.typeArguments ?? [];
  if (name === 'Partial' && argument) {
    return alternativesOf(argument, find).map((one) =>
      one.map((property) => ({ ...property, optional: true })),
    );
  }
  const found = find(name, reference.getSourceFile());
  if (!found) return [];
  if (ts.isInterfaceDeclaration(found)) return [propertiesOf(found.members)];
  // The events of another union are read where it is declared.
  return isEvent(name) ? [] : alternativesOf(found.type, find);
}

function propertiesOf(members: readonly ts.TypeElement[]): Properties {
  return members.filter(ts.isPropertySignature).map(({ name, questionToken, type }) => ({
    name: name.getText(),
    optional: questionToken !== undefined,
    type,
  }));
}

function eventsOf(properties: Properties): Event[] {
  const type = properties.find(({ name }) => name === 'type')?.type;
  const fields = properties
    .filter(({ name }) => name !== 'type')
    .map(({ name, optional }) => `${name}${optional ? '?' : ''}`);
  const literals = type && ts.isUnionTypeNode(type) ? type.types : type ? [type] : [];
  return literals.flatMap((one) =>
    ts.isLiteralTypeNode(one) && ts.isStringLiteral(one.literal) ? [{ name: one.literal.text, fields }] : [],
  );
}

const NAME = /^[A-Z][A-Z0-9_]+$/;
const isEnvironment = (node: ts.Node | undefined): boolean =>
  node !== undefined && /(^|\.)(env|environment)$/.test(node.getText());

/** Variables that are read by name off `env`, `environment` or `process.env`, and keys of a schema named `environment`. */
export function variablesReadBy(sources: readonly ts.SourceFile[]): string[] {
  return allNodes(sources)
    .flatMap((node) => {
      if (ts.isPropertyAccessExpression(node) && isEnvironment(node.expression)) return [node.name.text];
      if (ts.isElementAccessExpression(node) && isEnvironment(node.expression)) {
        return ts.isStringLiteralLike(node.argumentExpression) ? [node.argumentExpression.text] : [];
      }
      if (!ts.isVariableDeclaration(node)) return [];
      if (ts.isObjectBindingPattern(node.name) && isEnvironment(node.initializer)) {
        return node.name.elements.map(({ propertyName, name }) => (propertyName ?? name).getText());
      }
      const [schema] =
        isEnvironment(node.name) && node.initializer && ts.isCallExpression(node.initializer)
          ? node.initializer.arguments
          : [];
      return schema && ts.isObjectLiteralExpression(schema)
        ? schema.properties.map(({ name }) => name?.getText() ?? '')
        : [];
    })
    .filter((name) => NAME.test(name));
}

const allNodes = (sources: readonly ts.SourceFile[]): ts.Node[] => sources.flatMap(nodesOf);
