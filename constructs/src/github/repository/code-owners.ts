/** The file in which GitHub reads who has to review a change. */
import type { Problem } from '@portcullis/runtime/policy';
import { known } from '../../core/props/later';
import { each, isList, unless, unlike } from '../../core/props/checks';

/**
 * The file `.github/CODEOWNERS`, by its path: each change of whatever file needs a review by one of the owners.
 * https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 *
 * @example
 * const files = codeOwnersFile(['@example/platform']);
 */
export function codeOwnersFile(owners: readonly string[]): Record<string, string> {
  return {
    '.github/CODEOWNERS': `# Made by Portcullis. One of them has to review each change of whatever file.\n* ${owners.join(' ')}\n`,
  };
}

/** Without owners GitHub asks for no review by one, whatever a ruleset says. */
export function codeOwnersProblems(owners: readonly string[]): Problem[] {
  const expected = 'a user or a team with write access, as in @octocat or @example/platform';
  return [
    ...known('codeOwners', owners, 'they stand in a file of the repository'),
    ...unless(!isList(owners) || owners.length > 0, 'codeOwners', owners, expected),
    ...each('codeOwners', owners, (owner, path) => unlike(path, owner, /^@[\w-]+(\/[\w.-]+)?$/, expected)),
  ];
}
