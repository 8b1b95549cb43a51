/** The findings as SARIF; ours come worst first. */
import { createHash } from 'node:crypto';
import type { Place, Risk } from '../report/report';
import { sarifDocument, sarifPath } from '../../sarif';
import { plain } from '../../terminal/text';
import type { Finding, Verdict } from '../verdict';

const MAX_RESULTS_OF_A_FINDING = 50;

/** GitHub's bands: from 7.0 high, from 4.0 medium, from 0.1 low. */
const SECURITY_SEVERITY: Readonly<Record<Risk, string>> = {
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  informational: '0.0',
};
const LEVEL: Readonly<Record<Risk, string>> = {
  high: 'error',
  medium: 'warning',
  low: 'note',
  informational: 'note',
};

/** @param category what was scanned, and as whom: see {@link sarifDocument}. */
export function renderSarif({ findings }: Verdict, category?: string): string {
  const rules = new Map<string, object>();
  // The worst of a rule's findings comes first, and says how severe the rule is.
  for (const finding of findings) {
    const id = ruleId(finding);
    if (!rules.has(id)) rules.set(id, describeRule(finding, id));
  }
  const driver = { name: 'ZAP', informationUri: 'https://www.zaproxy.org', rules: [...rules.values()] };
  return sarifDocument(driver, findings.flatMap(resultsOf), category);
}

const ruleId = ({ variant }: Finding): string => plain(variant) || 'unknown';

function describeRule({ rule, name, risk, cwe }: Finding, id: string): object {
  return {
    id,
    name: plain(name),
    shortDescription: { text: plain(name) },
    ...(/^\d+$/.test(rule) && { helpUri: `https://www.zaproxy.org/docs/alerts/${rule}/` }),
    properties: {
      'security-severity': SECURITY_SEVERITY[risk],
      tags: ['security', ...(/^[1-9]\d{0,5}$/.test(cwe) ? [`external/cwe/cwe-${cwe}`] : [])],
    },
  };
}

function resultsOf(finding: Finding): object[] {
  const places = finding.places.length > 0 ? finding.places : [{ method: '', url: finding.site }];
  return places.slice(0, MAX_RESULTS_OF_A_FINDING).map((place) => resultOf(finding, place));
}

function resultOf(finding: Finding, { method, url }: Place): object {
  const where = plain(`${method} ${url}`.trim());
  const text = `${plain(finding.name)} at ${where}`;
  return {
    ruleId: ruleId(finding),
    level: LEVEL[finding.risk],
    message: { text },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: sarifPath(url) }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: where }],
      },
    ],
    partialFingerprints: {
      'zap/v1': createHash('sha256').update(`${finding.variant} ${method} ${url}`).digest('hex'),
    },
    ...(finding.status === 'accepted' && {
      suppressions: [{ kind: 'external', justification: plain(finding.reason ?? '') }],
    }),
  };
}
