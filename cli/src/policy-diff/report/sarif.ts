import { createHash } from 'node:crypto';
import { SARIF_LEVELS } from '../../plan/grade';
import { sarifDocument } from '../../sarif';
import { plain } from '../../terminal/text';
import { ASPECTS, DIRECTIONS, type PolicyChange } from '../change';
import type { PolicyDiff } from './summary';
import { routesInWords, whoInWords, witnessInWords } from './words';

/** @param source the file that a finding is shown at: the config, which names the policy. */
export function renderSarif({ changes }: PolicyDiff, source: string): string {
  const rules = DIRECTIONS.flatMap((direction) =>
    ASPECTS.map((aspect) => ({
      id: `policy-diff/${direction}-${aspect}`,
      shortDescription: { text: `A ${direction} of the policy: ${aspect}` },
      defaultConfiguration: { level: direction === 'widening' ? 'error' : 'note' },
    })),
  );
  return sarifDocument(
    { name: 'portcullis policy-diff', rules },
    changes.map((change) => resultOf(change, source)),
  );
}

function resultOf(change: PolicyChange, source: string) {
  const { direction, aspect, grade, routes, sentence, witness } = change;
  const said = `${whoInWords(change)}: ${routesInWords(change)}: ${sentence}`;
  const fingerprint = createHash('sha256').update(
    JSON.stringify([direction, aspect, change.who, routes, sentence]),
  );
  return {
    ruleId: `policy-diff/${direction}-${aspect}`,
    level: SARIF_LEVELS[grade],
    message: { text: plain(witness === undefined ? said : `${said} (${witnessInWords(witness)})`, 1_000) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: source }, region: { startLine: 1 } },
        logicalLocations: routes.slice(0, 20).map((route) => ({ fullyQualifiedName: plain(route) })),
      },
    ],
    partialFingerprints: { 'policy-diff/v1': fingerprint.digest('hex') },
  };
}
