import { createHash } from 'node:crypto';
import { SARIF_LEVELS } from '../../plan/grade';
import { sarifDocument } from '../../sarif';
import { plain } from '../../terminal/text';
import { CHECKS, type Result } from '../checks';
import { gradeOf } from '../grade';

/** @param source the file that a finding is shown at: the config, which names the policy. */
export function renderSarif(results: readonly Result[], source: string): string {
  const rules = Object.entries(CHECKS).map(([name, { about, grade }]) => ({
    id: `verify/${name}`,
    shortDescription: { text: about },
    defaultConfiguration: { level: SARIF_LEVELS[grade] },
  }));
  // The worst come first: those above the maximum are left out.
  const shown = [
    ...results.filter(({ outcome }) => outcome === 'deviates'),
    ...results.filter(({ outcome }) => outcome === 'unverified'),
  ];
  return sarifDocument(
    { name: 'portcullis verify', rules },
    shown.map((result) => resultOf(result, source)),
  );
}

function resultOf(result: Result, source: string) {
  const { check, subject, outcome, sentence } = result;
  const text = `${subject}: ${outcome === 'unverified' ? 'not verified: ' : ''}${sentence}`;
  return {
    ruleId: `verify/${check}`,
    level: SARIF_LEVELS[gradeOf(result)],
    message: { text: plain(text, 1_000) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: source }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: plain(subject) }],
      },
    ],
    partialFingerprints: {
      'verify/v1': createHash('sha256').update(`${check} ${subject} ${outcome} ${sentence}`).digest('hex'),
    },
  };
}
