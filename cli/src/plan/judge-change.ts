import { changedAttributes, SCRIPTS, type Change } from './change';
import { GRADES, worst, type Grade, type Remark } from './grade';
import { ruleFor } from './rules';
import { waitsForValue } from './rules/attribute-judges';
import type { Rule } from './rules/rule';
import { hasUnknown, show, type Value } from './values';

/** A change of one resource, with every remark on it. */
export interface JudgedChange {
  readonly address: string;
  readonly action: Change['action'];
  readonly grade: Grade;
  /** As in `AppRole fintech-api`. */
  readonly noun: string;
  readonly remarks: readonly Remark[];
}

/** Says what a change means for security, worst first. A kind of resource that no rule knows gets a remark too. */
export async function judgeChange(change: Change): Promise<JudgedChange> {
  const rule = ruleFor(change);
  const remarks = [...scriptsOf(change), ...(rule ? await remarksOf(change, rule) : [unjudged(change)])];
  return {
    address: change.address,
    action: change.action,
    grade: worst(remarks.map(({ grade }) => grade)),
    noun: rule?.noun(change) ?? change.address,
    remarks: [...remarks].sort((one, other) => GRADES.indexOf(other.grade) - GRADES.indexOf(one.grade)),
  };
}

/** A provisioner of any resource runs on the machine that holds the deploy's credentials. */
function scriptsOf({ before, after }: Change): Remark[] {
  return SCRIPTS in before || SCRIPTS in after
    ? [{ grade: 'danger', sentence: 'runs a provisioner on the machine that deploys' }]
    : [];
}

async function remarksOf(change: Change, rule: Rule): Promise<Remark[]> {
  const remarks: Remark[] = [];
  const { grade = 'notice', loses = 'what it did is no longer done' } = rule.destroyed ?? {};
  if (change.action === 'delete') return [{ grade, sentence: `will be destroyed: ${loses}` }];
  if (change.action === 'forget') {
    return [{ grade: 'notice', sentence: 'will no longer be managed here, and stays as it is' }];
  }
  if (change.action === 'import') {
    return [{ grade: 'notice', sentence: 'exists already, and will be managed here' }];
  }
  if (change.action === 'replace') {
    remarks.push({ grade, sentence: `will be destroyed and made anew: ${loses}` });
  }
  if (change.action === 'create') {
    remarks.push(rule.created?.(change) ?? { grade: 'notice', sentence: 'will be created' });
  }
  for (const name of attributesToJudge(change, rule)) remarks.push(...judgeAttribute(change, rule, name));
  return [...remarks, ...((await rule.remarks?.(change)) ?? [])];
}

/** Of a new resource, the attributes that it leaves out count too: no list of addresses allows any address. */
function attributesToJudge(change: Change, { attributes }: Rule): Iterable<string> {
  const changed = changedAttributes(change).filter((name) => name !== SCRIPTS);
  return change.action === 'create' ? new Set([...changed, ...Object.keys(attributes)]) : changed;
}

function judgeAttribute({ action, before, after }: Change, rule: Rule, name: string): Remark[] {
  const judge = rule.attributes[name];
  const isNew = action === 'create';
  const [was, will]: [Value | undefined, Value | undefined] = [
    isNew ? undefined : (before[name] ?? null),
    after[name],
  ];
  // No remark: the id of a resource that does not exist yet, and attributes of a new one that its rule does not name.
  if (!judge && (isNew || name === 'id' || (action === 'replace' && hasUnknown(will)))) return [];
  if (hasUnknown(will)) {
    return judge && !waitsForValue(judge, isNew)
      ? []
      : [{ grade: 'unknown', sentence: `${name} is known only after the apply` }];
  }
  if (!judge) return [{ grade: 'notice', sentence: `${name} ${show(was)} → ${show(will)}` }];
  const remark = judge(was, will);
  return remark ? [remark] : [];
}

function unjudged(change: Change): Remark {
  const verb = {
    create: 'created',
    update: 'changed',
    replace: 'destroyed and made anew',
    delete: 'destroyed',
    forget: 'forgotten',
    import: 'managed here, as it is',
  };
  const names = change.action === 'update' ? changedAttributes(change) : [];
  const what = names.length > 0 ? `: ${names.join(', ')}` : '';
  const grade = change.action === 'delete' || change.action === 'replace' ? 'danger' : 'notice';
  return {
    grade,
    sentence: `will be ${verb[change.action]}${what}; no rule knows what that means, so read it in full`,
  };
}
