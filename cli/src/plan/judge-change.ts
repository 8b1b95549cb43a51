import { changedAttributes, SCRIPTS, type Change } from './change';
import { examine } from './content/examine';
import { GRADES, worst, type Grade, type Remark } from './grade';
import { ruleFor, strangerOf } from './rules';
import { isOpenEnded, showsValues, waitsForValue, type Judge } from './rules/attribute-judges';
import type { Rule } from './rules/rule';
import { exhibit } from './shown/exhibit';
import { redact } from './shown/redact';
import { sayable } from './shown/sayable';
import { hasUnknown, isNothing, own, Veiled, type Value } from './values';

/** A change of one resource, with every remark on it. */
export interface JudgedChange {
  readonly address: string;
  readonly action: Change['action'];
  readonly grade: Grade;
  /** As in `AppRole fintech-api`. */
  readonly noun: string;
  readonly remarks: readonly Remark[];
  /** Whether it destroys what cannot be had back: `portcullis deploy` wants `--destroy` and the address then. */
  readonly destroysForGood: boolean;
}

/** Says what a change means for security, worst first: by a rule for its kind, and by its content. */
export async function judgeChange(change: Change): Promise<JudgedChange> {
  const rule = ruleFor(change);
  const say = sayable(change);
  const { ruled, seen } = await remarksOf(change, rule);
  const remarks = [
    ...[...programsOf(change), ...strangers(change), ...ruled].map(({ grade, sentence }) => ({
      grade,
      sentence: say(sentence),
    })),
    // Content is described by what it was recognized as, never by a value that nobody knows.
    ...seen.map(({ grade, sentence }) => ({ grade, sentence: redact(sentence) })),
  ];
  return {
    address: change.address,
    action: change.action,
    grade: worst(remarks.map(({ grade }) => grade)),
    noun: nounOf(change, rule, say),
    remarks: worstFirst(remarks),
    destroysForGood: destroysForGood(change, rule),
  };
}

/** With what somebody else remarked, too: the grade can only rise. */
export function withRemarks(judged: JudgedChange, more: readonly Remark[]): JudgedChange {
  if (more.length === 0) return judged;
  const remarks = worstFirst([...judged.remarks, ...more]);
  return { ...judged, remarks, grade: worst([judged.grade, ...more.map(({ grade }) => grade)]) };
}

function worstFirst(remarks: readonly Remark[]): Remark[] {
  return [...remarks].sort((one, other) => GRADES.indexOf(other.grade) - GRADES.indexOf(one.grade));
}

/** An address may be shown, whichever values are in it: no engine takes a secret for the key of an instance. */
function nounOf(change: Change, rule: Rule | undefined, say: (text: string) => string): string {
  const noun = rule?.noun(change) ?? change.address;
  return noun === change.address ? redact(noun) : say(noun);
}

/** Of a kind that no rule knows, nobody can say what is in it. */
function destroysForGood(change: Change, rule: Rule | undefined): boolean {
  const destroys = change.action === 'delete' || change.action === 'replace';
  return destroys && (rule === undefined || rule.destroyed?.forGood?.(change) === true);
}

/** Programs run on the machine that holds the deploy's credentials, whatever resource has them. */
function programsOf({ type, before, after }: Change): Remark[] {
  const runs = SCRIPTS in before || SCRIPTS in after;
  if (type === 'external') return [{ grade: 'danger', sentence: 'runs a program on the machine that plans' }];
  return runs ? [{ grade: 'danger', sentence: 'runs a provisioner on the machine that deploys' }] : [];
}

/** What a provider does with its kinds, it alone decides. */
function strangers(change: Change): Remark[] {
  const provider = strangerOf(change);
  return provider === undefined
    ? []
    : [{ grade: 'unknown', sentence: `is a kind of the provider ${provider}, which nothing here knows` }];
}

interface Remarks {
  /** By a rule, or about the action alone. */
  readonly ruled: readonly Remark[];
  /** By the content. */
  readonly seen: readonly Remark[];
}

const only = (grade: Grade, sentence: string): Remarks => ({ ruled: [{ grade, sentence }], seen: [] });

async function remarksOf(change: Change, rule: Rule | undefined): Promise<Remarks> {
  if (change.action === 'read') {
    // programsOf() remarks on programs.
    return change.type === 'external'
      ? { ruled: [], seen: [] }
      : only('unknown', 'will be read at the apply only');
  }
  if (change.action === 'move') return only('notice', 'will be known by another address, and stays as it is');
  return rule ? byRule(change, rule) : byContent(change);
}

async function byRule(change: Change, rule: Rule): Promise<Remarks> {
  const remarks: Remark[] = [];
  const { grade = 'notice', loses = 'what it did is no longer done' } = rule.destroyed ?? {};
  if (change.action === 'delete') return only(grade, `will be destroyed: ${loses}`);
  if (change.action === 'forget') {
    return only('notice', 'will no longer be managed here, and stays as it is');
  }
  if (change.action === 'import') {
    return only('notice', 'exists already, and will be managed here');
  }
  if (change.action === 'replace') {
    remarks.push({ grade, sentence: `will be destroyed and made anew: ${loses}` });
  }
  if (change.action === 'create') {
    remarks.push(rule.created?.(change) ?? { grade: 'notice', sentence: 'will be created' });
  }
  const names = attributesToJudge(change, rule);
  const unnamed = names.filter((name) => judgeOf(rule, name) === undefined && isSet(change, name));
  const openEnded = names.filter((name) => isOpenEnded(judgeOf(rule, name) ?? (() => undefined)));
  const seen = await examine(change, [...unnamed, ...openEnded]);
  for (const name of names) remarks.push(...judgeAttribute(change, rule, name));
  remarks.push(
    ...unexplained(
      change,
      unnamed.filter((name) => !seen.explained.has(name)),
    ),
  );
  try {
    remarks.push(...((await rule.remarks?.(change)) ?? []));
  } catch {
    // A value of a shape that the provider's schema does not have.
    remarks.push({ grade: 'unknown', sentence: 'what changes cannot be read from the plan' });
  }
  return { ruled: remarks, seen: seen.remarks };
}

/** Of a new resource, the attributes that it leaves out count too: no list of addresses allows any address. */
function attributesToJudge(change: Change, { attributes }: Rule): string[] {
  const changed = changedAttributes(change).filter((name) => name !== SCRIPTS);
  return change.action === 'create' ? [...new Set([...changed, ...Object.keys(attributes)])] : changed;
}

function judgeOf({ attributes }: Rule, name: string): Judge | undefined {
  return own(attributes, name);
}

function judgeAttribute({ type, action, before, after }: Change, rule: Rule, name: string): Remark[] {
  const judge = judgeOf(rule, name);
  if (!judge) return [];
  const isNew = action === 'create';
  const [was, will] = [isNew ? undefined : (own(before, name) ?? null), own(after, name)];
  if (hasUnknown(will)) {
    return waitsForValue(judge, isNew)
      ? [{ grade: 'unknown', sentence: `${name} is known only after the apply` }]
      : [];
  }
  try {
    // A rule that forgets the table of what may be shown shows nothing.
    const sight = (value: Value | undefined): Value | undefined =>
      value !== undefined && showsValues(judge) ? exhibit(type, name, value) : value;
    const remark = judge(sight(was), sight(will));
    return remark ? [remark] : [];
  } catch {
    return [{ grade: 'unknown', sentence: `${name} cannot be read from the plan` }];
  }
}

/**
 * Attributes that no rule names and whose content says nothing. A new resource has many that its provider fills in: they
 * come with what its rule says of it.
 */
function unexplained({ action, after }: Change, names: readonly string[]): Remark[] {
  if (action === 'create') {
    const given = names.filter((name) => !hasUnknown(own(after, name)) && own(after, name) !== false);
    return given.length > 0 ? [{ grade: 'notice', sentence: `has ${given.join(', ')} too` }] : [];
  }
  return names.map((name): Remark => {
    const will = own(after, name);
    return hasUnknown(will)
      ? { grade: 'unknown', sentence: `${name} is known only after the apply` }
      : { grade: 'unknown', sentence: `${name} changes, and no rule knows what that means` };
  });
}

/** Whether there is anything to explain. */
function isSet({ action, before, after }: Change, name: string): boolean {
  const will = own(after, name);
  // Its provider fills in both: neither is a choice of the resource's.
  if (
    name === 'id' ||
    (action === 'create' && name === 'region') ||
    (action === 'replace' && isUnknown(will))
  )
    return false;
  return action !== 'create'
    ? !isNothing(will) || !isNothing(own(before, name))
    : !isNothing(will) && !isUnknown(will);
}

const isUnknown = (value: Value | undefined): boolean => value instanceof Veiled && value.kind === 'unknown';

const VERBS = {
  create: 'created',
  update: 'changed',
  replace: 'destroyed and made anew',
  delete: 'destroyed',
  forget: 'forgotten',
  import: 'managed here, as it is',
};

/** A kind that no rule knows: what its content does not explain is unknown. */
async function byContent(change: Change): Promise<Remarks> {
  const { action } = change;
  if (action === 'read' || action === 'move') return { ruled: [], seen: [] };
  const names = changedAttributes(change).filter((name) => name !== SCRIPTS && isSet(change, name));
  const { remarks: seen, explained } = await examine(change, names, Object.keys(change.after));
  const what = action === 'update' && names.length > 0 ? `: ${names.join(', ')}` : '';
  if (action === 'update' && names.every((name) => explained.has(name))) {
    return { ruled: [{ grade: 'notice', sentence: `will be changed${what}` }], seen };
  }
  const grade = action === 'delete' || action === 'replace' ? 'danger' : 'unknown';
  const sentence = `will be ${VERBS[action]}${what}; no rule knows what that means, so read it in full`;
  return { ruled: [{ grade, sentence }], seen };
}
