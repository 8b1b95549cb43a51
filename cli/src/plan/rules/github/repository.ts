import type { Attributes } from '../../change';
import type { Remark } from '../../grade';
import { hasUnknown, isNothing, isRecord, same, show, type Value } from '../../values';
import { allowance, harmless, itemsOf, mustBe, reviewed, type Judge } from '../attribute-judges';
import { blockOf, blocksOf } from '../../blocks';
import { named, type Rule } from '../rule';

/** A branch more that is excluded, or one less that is included, is one protected less. */
const branches: Judge = (before, after) => {
  const names = (value: Value | undefined, list: string): string[] =>
    itemsOf(blockOf(blockOf(value).ref_name)[list]);
  const excluded = names(after, 'exclude').filter((name) => !names(before, 'exclude').includes(name));
  if (excluded.length > 0) return { grade: 'danger', sentence: `does not protect ${excluded.join(', ')}` };
  if (before === undefined) return undefined;
  const gone = names(before, 'include').filter((name) => !names(after, 'include').includes(name));
  const all = names(after, 'include').includes('~ALL');
  return gone.length > 0 && !all
    ? { grade: 'danger', sentence: `no longer protects ${gone.join(', ')}` }
    : reviewed('branches that it is about')(before, after);
};

export const ruleset: Rule = {
  types: ['github_repository_ruleset'],
  noun: named('ruleset', 'name'),
  destroyed: { grade: 'danger', loses: 'nothing protects its branches' },
  attributes: {
    name: harmless,
    etag: harmless,
    node_id: harmless,
    ruleset_id: harmless,
    enforcement: mustBe('active', 'is enforced', 'is no longer enforced'),
    bypass_actors: (before, after) => {
      const [was, will] = [itemsOf(before), itemsOf(after)];
      if (will.length > was.length)
        return { grade: 'danger', sentence: `can be bypassed by ${will.length} instead of ${was.length}` };
      // Another actor, or one that may bypass it more often.
      if (before !== undefined && will.some((actor) => !was.includes(actor)))
        return { grade: 'danger', sentence: 'can be bypassed by others, or in other ways' };
      return before === undefined ? undefined : { grade: 'notice', sentence: 'who can bypass it changes' };
    },
    conditions: branches,
    rules: branchRules(),
  },
};

/** The rules of a branch: one that is removed, or asks for less, protects less. */
function branchRules(): Judge {
  return (before, after) => {
    if (before === undefined) return undefined;
    const [was, will] = [blockOf(before), blockOf(after)];
    const weaker = Object.keys(was).filter((rule) => asksForLess(was[rule], will[rule]));
    if (weaker.length > 0) return { grade: 'danger', sentence: `asks for less: ${weaker.sort().join(', ')}` };
    const changed = Object.keys(will).filter((rule) => !same(was[rule], will[rule]));
    return { grade: 'notice', sentence: `asks for more: ${changed.sort().join(', ')}` };
  };
}

function asksForLess(was: Value | undefined, will: Value | undefined): boolean {
  if (typeof was === 'boolean') return was && will !== true;
  if (typeof was === 'number') return typeof will !== 'number' || will < was;
  if (Array.isArray(was)) {
    const left = Array.isArray(will) ? (will as readonly Value[]) : [];
    // Blocks of one are compared inside, lists item by item.
    if (was.length === 1 && left.length === 1) return asksForLess(was[0] as Value, left[0]);
    return (was as readonly Value[]).some((item) => !left.some((other) => same(item, other)));
  }
  if (isRecord(was)) {
    const after = isRecord(will) ? will : {};
    return Object.keys(was).some((name) => asksForLess(was[name], after[name]));
  }
  return was !== null && !same(was, will);
}

export const repository: Rule = {
  types: ['github_repository'],
  noun: named('repository', 'name'),
  destroyed: { grade: 'danger', loses: 'its code, its issues and its history', forGood: () => true },
  attributes: {
    name: reviewed('name'),
    visibility: mustBe('private', 'is private', 'can be read by others'),
    vulnerability_alerts: mustBe(
      true,
      'tells of vulnerable dependencies',
      'no longer tells of vulnerable dependencies',
    ),
    security_and_analysis: (before, after) =>
      show(after).includes('disabled') || (!isNothing(before) && isNothing(after))
        ? { grade: 'danger', sentence: 'no longer looks for secrets in what is pushed' }
        : reviewed('what is looked for in what is pushed')(before, after),
  },
};

export const workflowToken: Rule = {
  types: ['github_workflow_repository_permissions'],
  noun: named('token of jobs in', 'repository'),
  destroyed: { grade: 'danger', loses: "jobs have the organisation's default permissions" },
  attributes: {
    repository: harmless,
    default_workflow_permissions: mustBe(
      'read',
      'reads only, unless a job names more',
      'may write, whatever a job names',
    ),
    can_approve_pull_request_reviews: mustBe(false, 'approves no pull request', 'may approve pull requests'),
  },
};

export const allowedActions: Rule = {
  types: ['github_actions_repository_permissions'],
  noun: named('actions allowed in', 'repository'),
  destroyed: { grade: 'danger', loses: 'any action may be used' },
  attributes: {
    repository: harmless,
    enabled: reviewed('whether jobs run'),
    sha_pinning_required: mustBe(true, 'have to be pinned', 'need not be pinned'),
    allowed_actions: mustBe('selected', 'are those of a list', 'are any'),
    allowed_actions_config: (before, after) =>
      allowance('list')(before === undefined ? undefined : patterns(before), patterns(after)),
  },
};

function patterns(value: Value | undefined): Value {
  const {
    patterns_allowed: listed,
    verified_allowed: verified,
    github_owned_allowed: owned,
  } = blockOf(value);
  return [
    ...itemsOf(listed),
    ...(verified === true ? ['* of verified creators'] : []),
    ...(owned === true ? ["GitHub's own"] : []),
  ];
}

export const deployEnvironment: Rule = {
  types: ['github_repository_environment'],
  noun: named('environment', 'environment'),
  destroyed: { grade: 'danger', loses: 'its reviewers and its rules' },
  attributes: {
    environment: harmless,
    repository: harmless,
    can_admins_bypass: mustBe(false, 'has rules for administrators too', 'can be bypassed by administrators'),
    prevent_self_review: mustBe(true, 'is approved by somebody else', 'can be approved by whoever deploys'),
    reviewers: (before, after) =>
      before === undefined
        ? undefined
        : reviewersOf(after).length === 0
          ? { grade: 'danger', sentence: 'is deployed without a review' }
          : {
              grade: reviewersOf(after).some((one) => !reviewersOf(before).includes(one))
                ? 'danger'
                : 'notice',
              sentence: 'is reviewed by others',
            },
    deployment_branch_policy: (before, after) =>
      !isNothing(before) && isNothing(after)
        ? { grade: 'danger', sentence: 'any branch deploys to it' }
        : blockOf(before).protected_branches === true && blockOf(after).protected_branches !== true
          ? { grade: 'danger', sentence: 'branches deploy to it that nothing protects' }
          : reviewed('branches that deploy to it')(before, after),
  },
};

/** Each user and team by its number: one more can approve. */
const reviewersOf = (value: Value | undefined): string[] =>
  blocksOf(value).flatMap(({ users, teams }) => [
    ...itemsOf(users).map((user) => `user ${user}`),
    ...itemsOf(teams).map((team) => `team ${team}`),
  ]);

export const secretInRepository: Rule = {
  types: ['github_actions_secret', 'github_actions_environment_secret', 'github_actions_organization_secret'],
  noun: named('secret of jobs', 'secret_name'),
  created: () => ({
    grade: 'danger',
    sentence: 'will live in the repository, for as long as nobody removes it; jobs can read Vault instead',
  }),
  attributes: {},
};

const WRITTEN_TO_MAIN: Remark = { grade: 'danger', sentence: 'is written to main, past its review' };

/** A file on a branch of its own is reviewed in the pull request that proposes it. On main nobody reviews it. */
export const proposedFile: Rule = {
  types: ['github_repository_file'],
  noun: named('proposed file', 'file'),
  created: ({ after }) => (isOnMain(after.branch) ? WRITTEN_TO_MAIN : proposed(after, 'will be proposed')),
  destroyed: { grade: 'notice', loses: 'its branch no longer has it' },
  attributes: {
    content: harmless,
    repository: reviewed('repository'),
    branch: reviewed('branch'),
    file: reviewed('path'),
    commit_message: harmless,
    commit_sha: harmless,
    ref: harmless,
    sha: harmless,
  },
  remarks: ({ action, before, after }) => {
    if (action === 'update' || action === 'replace') {
      if (isOnMain(after.branch)) return [WRITTEN_TO_MAIN];
      return same(before.content, after.content) ? [] : [proposed(after, 'will be proposed anew')];
    }
    return action === 'delete' && isOnMain(before.branch)
      ? [{ grade: 'danger', sentence: 'will be deleted from main, past its review' }]
      : [];
  },
};

/**
 * Our own proposals have a branch that nothing else uses. What another branch is for, nobody here knows; and GitHub runs a
 * workflow as its branch has it, on `push` and `pull_request` before anybody has reviewed it.
 */
function proposed({ branch, file }: Attributes, sentence: string): Remark {
  if (mayBeRun(file))
    return { grade: 'notice', sentence: `${sentence}; jobs may run it from its branch, before its review` };
  return { grade: show(branch).startsWith('portcullis/') ? 'routine' : 'notice', sentence };
}

const mayBeRun = (file: Value | undefined): boolean =>
  hasUnknown(file) || /(^|\/)\.github\/(workflows|actions)\//i.test(show(file));

/** Without a branch it is the repository's default one. */
function isOnMain(branch: Value | undefined): boolean {
  return (
    hasUnknown(branch) ||
    isNothing(branch) ||
    /^(refs\/heads\/)?(main|master|trunk|stable|develop|release.*|prod(uction)?|staging|live|gh-pages)$/i.test(
      show(branch),
    )
  );
}
