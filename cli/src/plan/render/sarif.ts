/** The remarks as SARIF. */
import { createHash } from 'node:crypto';
import { sarifDocument } from '../../sarif';
import { plain } from '../../terminal/text';
import { SARIF_LEVELS } from '../grade';
import { linesOf, type Line, type StackSummary } from '../summary';

/** @param source the file that a finding is shown at: the app's entry. */
export function renderSarif(summaries: readonly StackSummary[], source: string): string {
  const results = summaries
    .flatMap((summary) => linesOf(summary).map((line) => resultOf(summary.stack, line, source)))
    .filter(({ level }) => level !== 'none');
  const rules = Object.entries(SARIF_LEVELS).map(([grade, level]) => ({
    id: `plan/${grade}`,
    shortDescription: { text: `A planned change graded ${grade}` },
    defaultConfiguration: { level },
  }));
  return sarifDocument({ name: 'portcullis plan', rules }, results);
}

function resultOf(stack: string, { grade, subject, sentence, address }: Line, source: string) {
  const fingerprint = createHash('sha256').update(`${stack} ${address} ${sentence}`).digest('hex');
  return {
    ruleId: `plan/${grade}`,
    level: SARIF_LEVELS[grade],
    message: { text: plain(`${stack}: ${subject}: ${sentence}`, 1_000) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: source }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: plain(`${stack}/${address}`) }],
      },
    ],
    partialFingerprints: { 'plan/v1': fingerprint },
  };
}
