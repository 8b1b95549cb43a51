import type { Step } from './workflow';

/** Shows findings in code scanning, those of a job that failed as well. */
export function uploadSarif(name: string, file: string): Step {
  return {
    name,
    if: `\${{ !cancelled() && hashFiles('${file}') != '' }}`,
    env: { GH_TOKEN: '${{ github.token }}' },
    run: [
      `gzip --stdout ${file} | base64 --wrap=0 > ${file}.gz.base64`,
      'gh api --method POST "/repos/$GITHUB_REPOSITORY/code-scanning/sarifs" \\',
      `  --field commit_sha="$GITHUB_SHA" --field ref="$GITHUB_REF" --field sarif=@${file}.gz.base64`,
    ].join('\n'),
  };
}
