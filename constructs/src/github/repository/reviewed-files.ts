import { Branch } from '@cdktf/provider-github/lib/branch';
import { RepositoryFile } from '@cdktf/provider-github/lib/repository-file';
import { RepositoryPullRequest } from '@cdktf/provider-github/lib/repository-pull-request';
import { Construct } from 'constructs';
import { literal } from '../../core';

export interface ReviewedFilesProps {
  /** Name of the repository, without its owner. */
  readonly repository: string;
  /** What the pull request is about. */
  readonly title: string;
  /** Contents by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Where the files are proposed. Keep it after the merge: it is what the next plan compares with. */
  readonly branch: string;
  /** @default 'main' */
  readonly base?: string;
}

/**
 * Files that arrive by pull request: the ruleset of a protected repository lets nobody push to its main branch,
 * this stack included.
 */
export class ReviewedFiles extends Construct {
  constructor(scope: Construct, id: string, props: ReviewedFilesProps) {
    super(scope, id);
    const { repository, title, files, branch: name, base = 'main' } = props;
    const branch = new Branch(this, 'branch', { repository, branch: name, sourceBranch: base });
    const written = Object.entries(files).map(
      ([file, content]) =>
        new RepositoryFile(this, file.replace(/^\W+/, '').replace(/\W+/g, '-'), {
          repository,
          branch: branch.branch,
          file,
          content: literal(content),
          commitMessage: title,
          overwriteOnCreate: true,
        }),
    );
    new RepositoryPullRequest(this, 'pull-request', {
      baseRepository: repository,
      baseRef: base,
      headRef: branch.branch,
      title,
      body: 'Proposed by Portcullis. The next deploy updates this branch; the ruleset asks for a review.',
      dependsOn: written,
    });
  }
}
