/** Where images are: whether a tag can be moved, and how long an image is kept. Who may pull and push is in policies. */
import type { Attributes } from '../../change';
import type { Value } from '../../values';
import { harmless, itemsOf, mustBe, ofChanges, reviewed } from '../attribute-judges';
import { blockOf } from '../../blocks';
import { named, type Rule } from '../rule';
import { IDENTITY } from './common';

export const imageRepository: Rule = {
  types: ['aws_ecr_repository'],
  noun: named('image repository', 'name'),
  destroyed: { grade: 'danger', loses: 'what is deployed can be started no more', forGood: () => true },
  attributes: {
    ...IDENTITY,
    name: harmless,
    registry_id: harmless,
    repository_url: harmless,
    image_scanning_configuration: harmless,
    encryption_configuration: reviewed('encryption'),
    image_tag_mutability: mustBe('IMMUTABLE', 'has tags that nobody can move', 'has tags that can be moved'),
    image_tag_mutability_exclusion_filter: (before, after) =>
      itemsOf(after).length > itemsOf(before).length
        ? { grade: 'danger', sentence: 'has more tags that can be moved' }
        : reviewed('tags that can be moved')(before, after),
    force_delete: mustBe(false, 'is not destroyed while it holds images', 'is destroyed with all its images'),
  },
  remarks: ({ before, after, action }) => {
    if (action === 'delete') return [];
    const [was, will] = [scansOf(before), scansOf(after)];
    if (action !== 'create' && was === will) return [];
    const judge = mustBe(true, 'is scanned at each push', 'is not scanned at a push');
    return [judge(action === 'create' ? undefined : was, will)].filter((remark) => remark !== undefined);
  },
};

const scansOf = (attributes: Attributes): Value =>
  blockOf(attributes.image_scanning_configuration).scan_on_push ?? false;

export const imageLifecycle: Rule = {
  types: ['aws_ecr_lifecycle_policy'],
  noun: named('images kept in', 'repository'),
  attributes: {
    ...IDENTITY,
    repository: harmless,
    registry_id: harmless,
    policy: ofChanges((before, after) => ({
      grade: keptBy(after) < keptBy(before) ? 'danger' : 'notice',
      sentence: `how many for certain, the newest: ${say(keptBy(before))} → ${say(keptBy(after))}`,
    })),
  },
};

const say = (count: number): string => (count === Infinity ? 'all' : String(count));

/** How many images stay, of a policy that says no more than that; of any other, as far as is known here, none. */
function keptBy(policy: Value | undefined): number {
  try {
    const { rules } = JSON.parse(policy as string) as { rules: { selection: Record<string, unknown> }[] };
    const counts = rules.map(({ selection: { countType, countNumber } }) =>
      countType === 'imageCountMoreThan' ? Number(countNumber) : 0,
    );
    return Math.min(...counts) || 0;
  } catch {
    return 0;
  }
}
