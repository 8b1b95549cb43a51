/** The remarks as SARIF 2.1.0, in the part of it that GitHub's code scanning reads. */
import { createHash } from 'node:crypto';
import { plain } from '../../text';
import type { Grade } from '../grade';
import { linesOf, type Line, type StackSummary } from '../summary';

const LEVELS: Readonly<Record<Grade, string>> = {
  danger: 'error',
  unknown: 'warning',
  notice: 'note',
  routine: 'none',
};
/** Code scanning shows 5,000 results of an upload, the first ones. */
const MAX_RESULTS = 5_000;

/** @param source the file that a finding is shown at: the app's entry. */
export function renderSarif(summaries: readonly StackSummary[], source: string): string {
  const results = summaries
    .flatMap((summary) => linesOf(summary).map((line) => resultOf(summary.stack, line, source)))
    .filter(({ level }) => level !== 'none')
    .slice(0, MAX_RESULTS);
  const rules = Object.entries(LEVELS).map(([grade, level]) => ({
    id: `plan/${grade}`,
    shortDescription: { text: `A planned change graded ${grade}` },
    defaultConfiguration: { level },
  }));
  return `${JSON.stringify({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'portcullis plan', rules } }, results }],
  })}\n`;
}

function resultOf(stack: string, { grade, subject, sentence, address }: Line, source: string) {
  const fingerprint = createHash('sha256').update(`${stack} ${address} ${sentence}`).digest('hex');
  return {
    ruleId: `plan/${grade}`,
    level: LEVELS[grade],
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
