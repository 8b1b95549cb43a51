import { partitionOf } from '../../core/aws';
import type { Permission } from '../account/permission';
import type { AwsPlace } from '../account/place';

/**
 * The permission to sign in as one user of one {@link RateLimitStore}. It needs names alone, so that another stack than
 * the store's can grant it.
 *
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
 *
 * @example
 * const permission = storeAccess(place, { store: 'orders-limits', user: 'orders' });
 */
export function storeAccess(
  { region, account }: AwsPlace,
  { store, user }: { readonly store: string; readonly user: string },
): Permission {
  const arn = (kind: string, name: string): string =>
    `arn:${partitionOf(region)}:elasticache:${region}:${account}:${kind}:${name}`;
  return {
    actions: ['elasticache:Connect'],
    resources: [arn('replicationgroup', store), arn('user', user)],
  };
}

/**
 * ACL rules as ElastiCache writes them back, so that no plan sees a difference: first everything is denied, then the
 * rules allow.
 */
export function accessString(rules: readonly string[]): string {
  const keys = rules.filter((rule) => rule.startsWith('~'));
  const commands = rules.filter((rule) => /^[+-]/.test(rule));
  return ['on', ...keys, 'resetchannels', '-@all', ...commands].join(' ');
}
