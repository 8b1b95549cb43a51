import { Branch } from '@cdktf/provider-github/lib/branch';
import { RepositoryFile } from '@cdktf/provider-github/lib/repository-file';
import { RepositoryPullRequest } from '@cdktf/provider-github/lib/repository-pull-request';
import { Construct } from 'constructs';
import type { Problem } from '@portcullis/runtime/policy';
import { literal, refuseProps } from '../../core';
import { unless, unlike, within } from '../../core/props/checks';
import { known } from '../../core/props/later';

/** Properties of {@link ReviewedFiles}. */
export interface ReviewedFilesProps {
  /** Name of the repository, without its owner. */
  readonly repository: string;
  /** Title of the pull request, and message of its commits. */
  readonly title: string;
  /** Contents of the files, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** The branch that proposes the files. Keep it after the merge: the next plan compares with it. */
  readonly branch: string;
  /** The branch that they are proposed to. @default 'main' */
  readonly base?: string;
}

/**
 * Files that a pull request brings into a repository: the ruleset of a {@link ProtectedRepository} lets nobody push to
 * its main branch, not even this stack. It provisions a branch, a file for each entry, and the pull request.
 *
 * https://docs.github.com/en/pull-requests
 *
 * @example
 * new ReviewedFiles(this, 'workflows', {
 *   repository: 'orders',
 *   branch: 'portcullis/delivery',
 *   title: 'ci: plans that reviewers can read',
 *   files: { '.github/workflows/plan.yml': renderWorkflow(planWorkflow(delivery)) },
 * });
 */
export class ReviewedFiles extends Construct {
  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: ReviewedFilesProps) {
    super(scope, id);
    refuseProps(this, problemsOf(props));
    const { repository, title, files, branch: name, base = 'main' } = props;
    const branch = new Branch(this, 'branch', { repository, branch: name, sourceBranch: base });
    const written = Object.entries(files).map(
      ([file, content]) =>
        new RepositoryFile(this, idOf(file), {
          repository,
          branch: branch.branch,
          file,
          content: literal(content),
          commitMessage: literal(title),
          overwriteOnCreate: true,
        }),
    );
    new RepositoryPullRequest(this, 'pull-request', {
      baseRepository: repository,
      baseRef: base,
      headRef: branch.branch,
      title: literal(title),
      body: 'Proposed by Portcullis. The next deploy updates this branch; the ruleset asks for a review.',
      dependsOn: written,
    });
  }
}

/** A path of the repository: nothing above it, and no expression of the engine. */
const PATH = /^(?!.*(^|\/)\.\.?(\/|$))(?!.*[$%]\{)[^/\\\p{Cc}]+(\/[^/\\\p{Cc}]+)*$/u;

function idOf(file: string): string {
  return file.replace(/^\W+/, '').replace(/\W+/g, '-');
}

function pathProblems(files: Readonly<Record<string, string>>): readonly Problem[] {
  const paths = Object.keys(files);
  return paths.flatMap((file, index) => {
    const path = `files[${JSON.stringify(file)}]`;
    const wrong = unless(
      PATH.test(file) && idOf(file) !== '',
      path,
      file,
      'a path of the repository, as in ".github/dependabot.yml"',
    );
    const other = paths.slice(0, index).find((one) => idOf(one) === idOf(file));
    if (wrong.length > 0 || other === undefined) return wrong;
    const message = `received a path that differs from ${JSON.stringify(other)} by punctuation alone; expected them in two ReviewedFiles`;
    return [{ path, message }];
  });
}

function problemsOf({ repository, title, files, branch, base = 'main' }: ReviewedFilesProps): Problem[] {
  const named = 'the name of a branch';
  return [
    ...unlike('repository', repository, /^[\w.-]{1,100}$/, 'the name of a repository, without its owner'),
    ...unlike('title', title, /\S/, 'a title'),
    ...known('files', files, 'files are written as they are, expressions too'),
    ...within('files', files, (contents) =>
      Object.entries(contents).flatMap(([file, content]) =>
        unlike(`files[${JSON.stringify(file)}]`, content, /^/, 'the text of the file'),
      ),
    ),
    ...within('files', files, pathProblems),
    ...unlike('branch', branch, /^[\w./-]+$/, named),
    ...unlike('base', base, /^[\w./-]+$/, named),
  ];
}
