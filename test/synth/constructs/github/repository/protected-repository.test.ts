import { GithubProvider } from '@cdktf/provider-github/lib/provider';
import { ProtectedRepository, type ProtectedRepositoryProps } from '@portcullis/constructs/github';
import { all, refusal, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const valid: ProtectedRepositoryProps = {
  name: 'orders',
  requiredChecks: ['ci'],
  environments: [{ name: 'dev' }],
  codeOwners: ['@example/platform', '@octocat'],
};

describe('a protected repository', () => {
  it('proposes the file that names its code owners, without whom nobody would have to review', () => {
    const synthesized = synthesize((stack) => {
      new GithubProvider(stack, 'provider', {});
      new ProtectedRepository(stack, 'repository', valid);
    });
    expect(all(synthesized, 'github_repository_file')).toMatchObject([
      {
        file: '.github/CODEOWNERS',
        branch: expect.stringContaining('github_branch') as string,
        content: expect.stringMatching(/^\* @example\/platform @octocat$/m) as string,
      },
    ]);
    expect(all(synthesized, 'github_repository_pull_request')).toMatchObject([{ base_ref: 'main' }]);
    expect(synthesized.text).toContain('"require_code_owner_review": true');
  });

  it('has the reviewers of its environments, as a list of blocks', () => {
    const environments = [{ name: 'dev' }, { name: 'prod', reviewerTeams: [1_234_567] }];
    const synthesized = synthesize((stack) => {
      new GithubProvider(stack, 'provider', {});
      new ProtectedRepository(stack, 'repository', { ...valid, environments });
    });
    const made = all(synthesized, 'github_repository_environment');
    expect(made.map(({ environment, reviewers }) => [environment, reviewers])).toEqual([
      ['dev', undefined],
      ['prod', [{ teams: [1_234_567] }]],
    ]);
  });

  it('is refused with an environment whose branches would be known by the name of another', () => {
    const environments = [{ name: 'prod' }, { name: 'prod-main' }];
    const repository = () => new ProtectedRepository(stackIn(), 'repository', { ...valid, environments });
    expect(repository).toThrow(refusedProps('environments'));
  });

  it.each([
    ['none', [], 'received an empty list; expected a user or a team'],
    ['one that GitHub does not know as such', ['example/platform'], 'codeOwners[0]'],
    ['two in one', ['@a @b'], 'codeOwners[0]'],
    ['a line of its own', ['@a\n/.github/'], 'codeOwners[0]'],
  ])('is refused with %s for its code owners', (_, codeOwners, message) => {
    const repository = () => new ProtectedRepository(stackIn(), 'repository', { ...valid, codeOwners });
    expect(repository).toThrow(refusal('ERR_PROPS', { message: expect.stringContaining(message) as string }));
  });
});
