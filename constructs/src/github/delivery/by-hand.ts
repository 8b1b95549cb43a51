/**
 * What somebody starts at two in the morning: a break-glass deploy of main, which waits for no scan and no queue, or a
 * rollback to the image that was served before. Both are the workflow of every deploy, planned and approved like one; so
 * they need no identity of their own. `portcullis deploy --break-glass` and `portcullis rollback` start them.
 */
import { HARDENED, type Job } from '../workflow/workflow';
import { IMAGE_JOB } from './image';
import { BREAK_GLASS, ROLLBACK } from './ways';
import type { DeliveryEnvironment } from './delivery';

/** Id of the job that tells everybody of a break-glass deploy, before it begins. */
export const ALERT_JOB = 'alert';

/** `on.workflow_dispatch` */
export function byHand(environments: readonly DeliveryEnvironment[]): object {
  const choice = (description: string, options: readonly string[]) => ({
    description,
    type: 'choice',
    required: true,
    options,
  });
  return {
    inputs: {
      way: choice('break-glass deploys main unscanned, rollback what ran before', [
        'break-glass',
        'rollback',
      ]),
      environment: choice(
        'Where',
        environments.map(({ name }) => name),
      ),
      reason: { description: 'Why', type: 'string', required: true },
    },
  };
}

/** A condition of jobs that go on although something that they need was skipped. */
export const when = (condition: string): string => `\${{ !cancelled() && (${condition}) }}`;

export const succeeded = (jobs: readonly string[]): string =>
  jobs.map((job) => `needs.${job}.result == 'success'`).join(' && ');

/** When an environment is planned: after what comes before it, or because somebody chose it. */
export function planned(name: string, before: readonly string[]): string {
  const chosen = `inputs.environment == '${name}'`;
  return when(
    `github.event_name == 'push' && ${succeeded(before)} || ${chosen} && ${ROLLBACK} || ${chosen} && ${succeeded([ALERT_JOB, IMAGE_JOB])}`,
  );
}

const CHOSEN = { ENVIRONMENT: '${{ inputs.environment }}' };
const TOKEN = { GH_TOKEN: '${{ github.token }}' };
const RUN = '$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID';

/** Three letters or digits that a reader sees, as `portcullis` asks for: nobody is told of a deploy without a reason. */
const REASON = '((?!\\p{DI})[\\p{L}\\p{N}].*){3}';

/**
 * Opens an issue, which tells whom it mentions. It stays open until the scan that was skipped has passed.
 *
 * @param alert whom it mentions.
 */
export function alertJob(alert: readonly string[]): Job {
  return {
    if: BREAK_GLASS,
    permissions: { issues: 'write' },
    'timeout-minutes': 2,
    outputs: { issue: '${{ steps.open.outputs.issue }}' },
    steps: [
      HARDENED,
      {
        name: 'Tell everybody',
        id: 'open',
        env: { ...TOKEN, ...CHOSEN, REASON: '${{ inputs.reason }}', ALERT: alert.join(' ') },
        run: [
          `if ! LC_ALL=C.UTF-8 grep --quiet --perl-regexp '${REASON}' <<< "\${REASON//$'\\n'/ }"; then`,
          '  echo "::error::a break-glass deploy needs a reason"; exit 1',
          'fi',
          `printf '%s: %s deploys commit %s to %s, unscanned, because:\\n\\n    %s\\n\\n%s\\n' \\`,
          `  "$ALERT" "$GITHUB_ACTOR" "$GITHUB_SHA" "$ENVIRONMENT" "\${REASON//$'\\n'/ }" "${RUN}" > alert.md`,
          'url=$(gh issue create --repo "$GITHUB_REPOSITORY" --title "Break-glass deploy of $ENVIRONMENT" --body-file alert.md)',
          'echo "issue=${url##*/}" >> "$GITHUB_OUTPUT"',
        ].join('\n'),
      },
    ],
  };
}

const ISSUE = { ISSUE: `\${{ needs.${ALERT_JOB}.outputs.issue }}` };

/** Copies the deploy's evidence into the issue: GitHub deletes artifacts after a while. */
export function recordJob(deploys: readonly string[]): Job {
  return {
    needs: [ALERT_JOB, ...deploys],
    if: when(`${BREAK_GLASS} && ${succeeded([ALERT_JOB])}`),
    permissions: { actions: 'read', issues: 'write' },
    'timeout-minutes': 2,
    steps: [
      HARDENED,
      {
        name: 'Record what happened',
        env: { ...TOKEN, ...CHOSEN, ...ISSUE, OUTCOMES: '${{ toJSON(needs.*.result) }}' },
        run: [
          'mkdir -p evidence',
          'gh run download "$GITHUB_RUN_ID" --repo "$GITHUB_REPOSITORY" --name "break-glass-$ENVIRONMENT" --dir evidence || true',
          '[ -e evidence/evidence.json ] || echo "no evidence is here: it was refused, or its evidence was lost; the run says which" > evidence/evidence.json',
          `{ echo '\`\`\`'; cat evidence/evidence.json; echo '\`\`\`'; printf 'Jobs: %s\\n' "\${OUTCOMES//$'\\n'/}"; } > record.md`,
          'gh issue comment "$ISSUE" --repo "$GITHUB_REPOSITORY" --body-file record.md',
        ].join('\n'),
      },
    ],
  };
}

/** Closes the issue once the scan has passed, also where its failed jobs are run again. */
export function closeJob(scans: readonly string[]): Job {
  return {
    needs: [ALERT_JOB, ...scans],
    if: when(succeeded([ALERT_JOB, ...scans])),
    permissions: { issues: 'write' },
    'timeout-minutes': 2,
    steps: [
      HARDENED,
      {
        name: 'Say that the scan has passed',
        env: { ...TOKEN, ...ISSUE },
        run: `gh issue close "$ISSUE" --repo "$GITHUB_REPOSITORY" --comment "The scan that was skipped has passed: ${RUN}"`,
      },
    ],
  };
}
