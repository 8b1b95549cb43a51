import { labelOf, type Attributes, type Change } from '../change';
import type { Grade, Remark } from '../grade';
import type { Judge } from './attribute-judges';

/** What a kind of resource protects, and how its changes are described. */
export interface Rule {
  /** Terraform's resource types. */
  readonly types: readonly string[];
  /** What the resource is called in a sentence, as in `AppRole fintech-api`. */
  readonly noun: (change: Change) => string;
  /** Whether this rule is about the resource, where its type alone does not tell. @default yes */
  readonly applies?: (change: Change) => boolean;
  /** What the creation of such a resource means. @default a notice */
  readonly created?: (change: Change) => Remark;
  /** What is lost when it is destroyed or replaced. @default a notice */
  readonly destroyed?: {
    readonly grade: Grade;
    readonly loses: string;
    /** Whether making it anew does not bring back what was in it: then a deploy wants it named. @default no */
    readonly forGood?: (change: Change) => boolean;
  };
  readonly attributes: Readonly<Record<string, Judge>>;
  /** Judges what takes several attributes, or the inside of one. These attributes are `harmless` above. */
  readonly remarks?: (change: Change) => readonly Remark[] | Promise<readonly Remark[]>;
  /** Leaves out what differs between the plan of a pull request and that of the deploy. @default leaves out nothing */
  readonly reviewable?: (attributes: Attributes) => Attributes;
}

/** A noun of a word and the first of the attributes that the plan has. */
export const named =
  (word: string, ...attributes: readonly string[]): Rule['noun'] =>
  (change) =>
    `${word} ${labelOf(change, ...attributes)}`;
