import { GithubProvider } from '@cdktf/provider-github/lib/provider';
import { ReviewedFiles } from '@portcullis/constructs/github';
import { all, refusal, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const valid = { repository: 'orders', branch: 'portcullis/files', title: 'ci: files' };
const withFiles = (...paths: string[]) =>
  new ReviewedFiles(stackIn(), 'files', {
    ...valid,
    files: Object.fromEntries(paths.map((path) => [path, 'text'])),
  });

it('proposes texts as they are, whatever an engine would make of them', () => {
  const found = synthesize((stack) => {
    new GithubProvider(stack, 'provider', {});
    new ReviewedFiles(stack, 'files', {
      ...valid,
      title: 'ci: ${file("a")}',
      files: { '.github/a.yml': 'on: ${{ github.ref }}' },
    });
  });
  expect(all(found, 'github_repository_file')).toMatchObject([
    { file: '.github/a.yml', content: 'on: $${{ github.ref }}', commit_message: 'ci: $${file("a")}' },
  ]);
  expect(all(found, 'github_repository_pull_request')).toMatchObject([{ title: 'ci: $${file("a")}' }]);
});

it.each([
  '',
  '/etc/passwd',
  '../a.yml',
  'a/../../b',
  './a',
  'a//b',
  'a\\b',
  'a\nb',
  '${path.root}',
  '...',
  'a/',
])('refuses what is no path of the repository: %j', (path) => {
  const where = `\n  files[${JSON.stringify(path)}]: received `;
  const message = expect.stringContaining(where) as string;
  expect(() => withFiles(path)).toThrow(refusal('ERR_PROPS', { message }));
});

it('refuses two paths that would be one resource', () => {
  expect(() => withFiles('a/b.yml', 'a-b.yml')).toThrow(refusedProps('files["a-b.yml"]'));
});
