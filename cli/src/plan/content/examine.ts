/**
 * The second eye: what a change means by its content, whatever the kind of resource. It looks at the attributes that no
 * rule of the kind explains, and says which of them it understood whole.
 */
import type { Attributes, Change } from '../change';
import type { Remark } from '../grade';
import { hasUnknown, own, Veiled, type Value } from '../values';
import { coverMuch, isRange } from './cidr';
import { isSource, openings } from './openings';
import { judgeCluster, judgeCommand } from './commands';
import { judgeKind } from './credentials';
import { compareDocuments } from './iam/compare';
import { looksLikeIamPolicy } from './iam/statements';
import { isInert } from './inert';
import { isCleartext, weakened } from './settings';
import { identityOf, leavesOf, type Leaf } from './leaves';
import { judgeLimit, lostLimit, secondsIn } from './limits';
import { judgeExclusion, judgePrincipal, lostBinding } from './principals';
import { judgeSwitch, lostSwitch } from './switches';
import { looksLikeVaultPolicy } from './vault-document';
import { compareVaultPolicies } from './vault-policy';
import { judgeWord } from './words';
import { blocksOf } from '../blocks';

export interface Seen {
  readonly remarks: readonly Remark[];
  /** Attributes of which nothing is left that could mean something else. */
  readonly explained: ReadonlySet<string>;
}

/**
 * @param names the attributes to look at.
 * @param beside attributes that may say who is let in, changed or not. @default those to look at
 */
export async function examine(
  change: Change,
  names: readonly string[],
  beside: readonly string[] = names,
): Promise<Seen> {
  if (change.action === 'delete' || change.action === 'forget' || change.action === 'move') {
    return { remarks: [], explained: new Set() };
  }
  const remarks: Remark[] = [];
  const explained = new Set<string>();
  for (const name of names) {
    const [before, after] = [own(change.before, name), own(change.after, name)];
    const seen = (await asDocument(name, before, after)) ?? asLeaves(change, name, before, after);
    remarks.push(...seen.remarks);
    if (seen.whole) explained.add(name);
  }
  const kind = change.action === 'create' || change.action === 'replace' ? judgeKind(change.type) : undefined;
  return {
    remarks: deduplicated([
      ...(kind ? [kind] : []),
      ...remarks,
      ...weakenedPairs(change, names),
      ...openings(change, beside),
    ]),
    explained,
  };
}

interface SeenAttribute {
  readonly remarks: readonly Remark[];
  readonly whole: boolean;
}

/** An attribute that is a policy's text as a whole. */
async function asDocument(
  name: string,
  before: Value | undefined,
  after: Value | undefined,
): Promise<SeenAttribute | undefined> {
  const texts = [before, after].flatMap((value) =>
    typeof value === 'string' && value !== '' ? [value] : [],
  );
  if (texts.length === 0 || hasUnknown(after) || after instanceof Veiled || before instanceof Veiled)
    return undefined;
  const compare = texts.every(looksLikeIamPolicy)
    ? compareDocuments
    : texts.every(looksLikeVaultPolicy)
      ? compareVaultPolicies
      : undefined;
  if (compare === undefined) return undefined;
  const remarks = (await compare(before, after)).map(({ grade, sentence }) => ({
    grade,
    sentence: `${name}: ${sentence}`,
  }));
  return { remarks, whole: remarks.every(({ grade }) => grade !== 'unknown') };
}

function asLeaves(
  change: Change,
  name: string,
  before: Value | undefined,
  after: Value | undefined,
): SeenAttribute {
  const [was, will] = [leavesOf(before, name), leavesOf(after, name)];
  const [gained, gone] = [minus(will, was), minus(was, will)];
  const judged = [
    ...gained.map((leaf) => judgeGained(change, leaf, gone)),
    ...gone.map((leaf) => judgeGone(change, leaf, will, gained)),
  ];
  return {
    remarks: judged.filter((remark) => typeof remark === 'object'),
    whole: judged.every((remark) => remark !== undefined),
  };
}

/** A remark, `fine` where there is nothing to say, or undefined where the leaf is not understood. */
type Judged = Remark | 'fine' | undefined;

/** @param gone what may have stood in its place. */
function judgeGained({ type }: Change, leaf: Leaf, gone: readonly Leaf[]): Judged {
  const { path, value } = leaf;
  if (value instanceof Veiled) return undefined;
  if (isInert(path)) return 'fine';
  const numbers = gone.flatMap((other) => (other.path === path ? [secondsIn(other.value)] : []));
  return (
    embedded(leaf) ??
    judgeCluster(type, leaf) ??
    judgePrincipal(type, leaf) ??
    judgeCommand(leaf) ??
    judgeExclusion(leaf) ??
    judgeReplaced(type, leaf, gone) ??
    judgeSwitch(type, leaf) ??
    judgeWord(type, leaf) ??
    judgeLimit(
      type,
      leaf,
      numbers.filter((number) => !Number.isNaN(number)),
    ) ??
    (typeof value === 'string' && isSource(path, value) && !coverMuch([value]) ? 'fine' : undefined)
  );
}

function judgeGone({ type }: Change, leaf: Leaf, will: readonly Leaf[], gained: readonly Leaf[]): Judged {
  const { path, name, value } = leaf;
  if (isInert(path)) return 'fine';
  if (/log_types$|logs?_exports$/.test(name))
    return { grade: 'danger', sentence: `${path}: one is no longer written` };
  const left = will.filter((other) => other.path === path).length;
  const bound = lostBinding(leaf, left);
  if (bound) return bound;
  // Another value stands in its place, and was looked at there.
  if (gained.some((other) => other.path === path)) return 'fine';
  if (left === 0) {
    const off = lostSwitch(type, leaf) ?? lostGuard(leaf) ?? lostLimit(type, leaf);
    if (off) return off;
  }
  // Of those let in, one less. Of those kept out, it would be one more.
  if (
    typeof value === 'string' &&
    left > 0 &&
    (isRange(value) || /member|principal|allowed|policies|policy_arns|source_/.test(name))
  ) {
    return { grade: 'notice', sentence: `${path} loses one` };
  }
  return undefined;
}

/** What stands where something else stood: an address without TLS, a place of logs that nobody watches. */
function judgeReplaced(type: string, { path, name, value }: Leaf, gone: readonly Leaf[]): Remark | undefined {
  const former = gone.flatMap((other) =>
    other.path === path && typeof other.value === 'string' ? [other.value] : [],
  );
  if (typeof value !== 'string' || former.length === 0) return undefined;
  if (former.some((text) => isCleartext(text, value)))
    return { grade: 'danger', sentence: `${path} no longer leads to TLS` };
  const isLog = /log|trail|audit|recorder|delivery_channel/.test(`${type}.${path}`);
  return isLog &&
    /^(s3_bucket_name|target_bucket|log_\w*(destination|bucket|group|uri)\w*|destination(_arn)?)$/.test(name)
    ? { grade: 'danger', sentence: `${path}: it is written somewhere else` }
    : undefined;
}

/** Settings that are pairs of a name and a value: alone, or in a list. */
function weakenedPairs({ before, after }: Change, names: readonly string[]): Remark[] {
  const pairs = (side: Attributes): Map<string, Value> =>
    new Map(
      [side, ...names.flatMap((name) => blocksOf(own(side, name)))].flatMap(
        ({ name, value }): [string, Value][] =>
          typeof name === 'string' && value !== undefined ? [[name, value]] : [],
      ),
    );
  const words = weakened(pairs(before), pairs(after));
  return words === undefined ? [] : [{ grade: 'danger', sentence: words }];
}

/** A policy inside a block, or in a list. What it was before is not known here: all of it counts. */
function embedded({ path, value }: Leaf): Remark | undefined {
  if (!looksLikeIamPolicy(value)) return undefined;
  const remarks = compareDocuments(undefined, value);
  const worst =
    remarks.find(({ grade }) => grade === 'danger') ?? remarks.find(({ grade }) => grade === 'unknown');
  return worst
    ? { grade: worst.grade, sentence: `${path}: ${worst.sentence}` }
    : { grade: 'notice', sentence: `${path}: another policy` };
}

/** A key, a log or a rule that was there and is not any more. */
function lostGuard({ path, name }: Leaf): Remark | undefined {
  const guards =
    /(^|_)(kms|encryption|cmk)\w*(key|key_id|key_arn|key_name|key_vault_key_id|key_self_link)$|^(encryption_key|customer_managed_key|permissions_boundary|web_acl_id|web_acl_arn|bucket_key_enabled|code_signing_config_arn|password_policy|minimum_password_length)$|log_(group|destination|bucket|uri)\w*$/.test(
      name,
    ) ||
    /(^|\.)(server_side_encryption\w*|encryption\w*|logging\w*|tls|log_config|access_logs?\w*|log_delivery\w*|audit\w*|required_\w+|branch_protection|versioning\w*|network_policy\w*|rules)\./.test(
      `${path}.`,
    );
  return guards ? { grade: 'danger', sentence: `no longer has ${path}` } : undefined;
}

function minus(some: readonly Leaf[], others: readonly Leaf[]): Leaf[] {
  const known = new Set(others.map(identityOf));
  return some.filter((leaf) => !known.has(identityOf(leaf)));
}

function deduplicated(remarks: readonly Remark[]): Remark[] {
  return remarks.filter(
    (remark, index) => remarks.findIndex(({ sentence }) => sentence === remark.sentence) === index,
  );
}
