import { own, same, type Value } from './values';

export type Action = 'create' | 'update' | 'replace' | 'delete' | 'forget' | 'import' | 'move' | 'read';

/** The attribute under which a change carries its provisioners. */
export const SCRIPTS = '(provisioners)';

/** What a plan would do to one resource. */
export interface Change {
  readonly address: string;
  readonly type: string;
  /** As in `<registry>/hashicorp/aws`. @default the one that has such types */
  readonly provider?: string;
  readonly action: Action;
  readonly before: Attributes;
  readonly after: Attributes;
}

export type Attributes = Readonly<Record<string, Value>>;

/** The attributes whose values differ, in the order of their names. */
export function changedAttributes({ before, after }: Pick<Change, 'before' | 'after'>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !same(own(before, name), own(after, name))).sort();
}

/** The name by which a person knows a resource, now or after the change; its address where it has none. */
export function labelOf({ before, after, address }: Change, ...attributes: readonly string[]): string {
  for (const side of [before, after]) {
    for (const attribute of attributes) {
      const value = own(side, attribute);
      if (typeof value === 'string' && value !== '') return value;
    }
  }
  return address;
}
