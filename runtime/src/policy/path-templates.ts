/** Express' patterns as OpenAPI's templates, which know neither optional groups nor two names for one parameter. */
import { spellings } from './route-pattern';

/** A parameter or a wildcard, between marks that no path holds: one on the wire is ASCII. */
const MARKED = /\uE000([:*])([^\uE000]*)\uE000/g;

/** The templates of a pattern, with marks: one for each way to take its optional groups. */
export function templatesOf(pattern: string): string[] {
  return spellings(pattern, (part) =>
    part.type === 'text' ? part.value : `\uE000${part.type === 'wildcard' ? '*' : ':'}${part.name}\uE000`,
  );
}

export function parametersOf(template: string): { readonly name: string; readonly isWildcard: boolean }[] {
  return [...template.matchAll(MARKED)].map(([, kind, name = '']) => ({ name, isWildcard: kind === '*' }));
}

/** What templates have in common that differ by names alone. */
export function hierarchyOf(template: string): string {
  return template.replace(MARKED, '\uE000');
}

/**
 * The template as OpenAPI writes it.
 *
 * @param names of its parameters, in order.
 */
export function templateText(template: string, names: readonly string[]): string {
  const left = [...names];
  return template.replace(MARKED, (_marked, _kind, name: string) => `{${left.shift() ?? name}}`);
}
