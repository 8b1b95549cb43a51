import type { PolicyRule } from './policy-document';

/** Something that policy rules can be granted to: {@link AppRoleLogin}, {@link VaultAwsAuth}. */
export interface Grantee {
  /** Adds `rules` to what its tokens may do. */
  grant(...rules: readonly PolicyRule[]): void;
}
