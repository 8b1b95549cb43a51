/**
 * The text of an IAM policy, permission by permission.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { namesTwice } from '../../names-twice';
import { isNothing, isRecord, type Value } from '../../values';

/** One action on one resource, allowed or denied, and to whom. */
export interface Permission {
  readonly effect: 'Allow' | 'Deny';
  /** Lower case, as IAM compares it. `* but x` is everything else (`NotAction`). */
  readonly action: string;
  /** As it is written. */
  readonly shownAction: string;
  /** Empty where the policy is a resource's own. `* but x` is everything else (`NotResource`). */
  readonly resource: string;
  /** As in `AWS arn:…`, `Service lambda.amazonaws.com`, `*`; empty where the policy is somebody's own. */
  readonly principal: string;
  readonly condition: Condition;
}

/** Values by operator and key, as in `StringEquals aws:SourceAccount`. */
export type Condition = ReadonlyMap<string, readonly string[]>;

export const ELEMENTS: ReadonlySet<string> = new Set([
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource'],
  'Condition',
]);

/** Whether a value has the shape of an IAM policy, as a text or as blocks. */
export function looksLikeIamPolicy(value: Value | undefined): boolean {
  return typeof value === 'string' ? /^\s*\{[\s\S]*"statement"\s*:/i.test(value) : false;
}

/** @returns undefined where any part is not understood: it may allow what nobody sees. */
export function permissionsOf(text: Value | undefined): readonly Permission[] | undefined {
  if (isNothing(text)) return [];
  if (typeof text !== 'string') return undefined;
  try {
    const document: unknown = JSON.parse(text);
    if (namesTwice(text)) return undefined;
    if (!isRecord(document) || !('Statement' in document)) return isNothing(document) ? [] : undefined;
    return [document.Statement].flat().flatMap(permissions);
  } catch {
    return undefined;
  }
}

function permissions(statement: unknown): Permission[] {
  if (!isRecord(statement)) throw new TypeError('a statement that is no object');
  const { Effect: effect } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') throw new TypeError('an effect that IAM does not know');
  if (Object.keys(statement).some((element) => !ELEMENTS.has(element)))
    throw new TypeError('an unknown element');
  const condition = conditionOf(statement.Condition);
  const actions = [...texts(statement.Action), ...butFor(statement.NotAction)];
  const resources = [...texts(statement.Resource), ...butFor(statement.NotResource)];
  const principals = [
    ...principalsOf(statement.Principal),
    ...principalsOf(statement.NotPrincipal).map((name) => `everyone but ${name}`),
  ];
  return actions.flatMap((shownAction) =>
    orNone(resources).flatMap((resource) =>
      orNone(principals).map((principal): Permission => ({
        effect,
        action: shownAction.toLowerCase(),
        shownAction,
        resource,
        principal,
        condition,
      })),
    ),
  );
}

const orNone = (list: readonly string[]): readonly string[] => (list.length > 0 ? list : ['']);

/** What is left out is one permission, about everything else. */
function butFor(value: unknown): string[] {
  const excepted = texts(value);
  return excepted.length > 0 ? [`* but ${excepted.join(', ')}`] : [];
}

function texts(value: unknown): string[] {
  if (value === undefined) return [];
  return [value].flat().map((item) => {
    if (typeof item !== 'string') throw new TypeError('a text is expected');
    return item;
  });
}

function principalsOf(value: unknown): string[] {
  if (!isRecord(value)) return texts(value);
  return Object.entries(value).flatMap(([kind, names]) => texts(names).map((name) => `${kind} ${name}`));
}

function conditionOf(value: unknown): Condition {
  if (isNothing(value)) return new Map();
  if (!isRecord(value)) throw new TypeError('a condition that is no object');
  return new Map(
    Object.entries(value).flatMap(([operator, keys]) => {
      if (!isRecord(keys)) throw new TypeError('an operator without keys');
      return Object.entries(keys).map(([key, values]): [string, string[]] => [
        `${operator} ${key}`,
        [values].flat().map(String).sort(),
      ]);
    }),
  );
}
