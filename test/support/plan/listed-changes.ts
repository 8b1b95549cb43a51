/** The tables of changes that people read (`dangerous.txt`, `harmless.txt`), as plans. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isGrade, type Grade } from '../../../cli/src/plan/grade';

export interface ListedChange {
  readonly grade: Grade;
  readonly type: string;
  readonly what: string;
  /** As the engine's `show -json` prints it. */
  readonly plan: string;
}

export function listedChanges(file: string): ListedChange[] {
  return linesOf(file).map((line) => {
    const [grade = '', type = '', what = ''] = line.split(' | ', 3);
    if (!isGrade(grade)) throw new Error(`${file}: ${line}: no grade`);
    return { grade, type, what, plan: planOf(type, line.split(' | ').slice(3).join(' | ')) };
  });
}

/** The lines of a table, without its comments. */
export function linesOf(file: string): string[] {
  const text = readFileSync(join(__dirname, file), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

type Attributes = Record<string, unknown>;

export function planOf(type: string, change: string): string {
  const [before, after] = sidesOf(change);
  const programs = after?.['(provisioners)'] === undefined ? undefined : [{ type: 'local-exec' }];
  const action = before === null ? 'create' : after === null ? 'delete' : 'update';
  const address = type === 'external' ? 'data.external.it' : `${type}.it`;
  const resource = { address, mode: type === 'external' ? 'data' : 'managed', type };
  const shown = {
    actions: [type === 'external' ? 'read' : action],
    before,
    after,
    after_unknown: {},
    before_sensitive: marksIn(before?.['(marked before)']),
    after_sensitive: marksIn(after?.['(marked after)']),
  };
  return JSON.stringify({
    format_version: '1.2',
    ...(type === 'output'
      ? { output_changes: { it: ofOutput(shown) } }
      : { resource_changes: [{ ...resource, change: shown }] }),
    configuration: { root_module: { resources: [{ ...resource, provisioners: programs }] } },
  });
}

function marksIn(names: unknown): Record<string, boolean> {
  return Object.fromEntries((Array.isArray(names) ? names : []).map((name) => [String(name), true]));
}

/** An output has one value, and no attributes. */
function ofOutput(change: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(change).map(([name, side]) => [
      name,
      name === 'actions' ? side : (side as Attributes | null)?.value,
    ]),
  );
}

function sidesOf(change: string): [before: Attributes | null, after: Attributes | null] {
  if (change.startsWith('+ ')) return [null, read(change.slice(2))];
  if (change.startsWith('- ')) return [read(change.slice(2)), null];
  const [before = '', after = ''] = change.split(' => ');
  return [read(before), { ...read(before), ...read(after) }];
}

/** JSON, in which `{"$json": …}` is the text of what it holds. */
function read(text: string): Attributes {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && '$json' in value ? JSON.stringify(value.$json) : value,
  ) as Attributes;
}
