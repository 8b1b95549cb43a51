import { labelOf, type Attributes, type Change } from '../change';
import type { Grade, Remark } from '../grade';
import type { Judge } from './attribute-judges';

/** What a kind of resource protects, and how its changes are told. */
export interface Rule {
  /** Terraform's resource types. */
  readonly types: readonly string[];
  /** What the resource is called in a sentence, as in `AppRole fintech-api`. */
  readonly noun: (change: Change) => string;
  /** Whether this rule is about the resource, where its type alone does not tell. @default yes */
  readonly applies?: (change: Change) => boolean;
  /** What it means that such a resource appears. @default a notice */
  readonly created?: (change: Change) => Remark;
  /** What it means that it goes, replaced or for good. @default a notice */
  readonly destroyed?: { readonly grade: Grade; readonly loses: string };
  readonly attributes: Readonly<Record<string, Judge>>;
  /** What can only be told from several attributes, or from inside one. Its attributes are `harmless` above. */
  readonly remarks?: (change: Change) => readonly Remark[] | Promise<readonly Remark[]>;
  /** Leaves out what differs between the plan of a pull request and that of the deploy. @default nothing */
  readonly reviewable?: (attributes: Attributes) => Attributes;
}

/** A noun of a word and the first of the attributes that the plan has. */
export const named =
  (word: string, ...attributes: readonly string[]): Rule['noun'] =>
  (change) =>
    `${word} ${labelOf(change, ...attributes)}`;
