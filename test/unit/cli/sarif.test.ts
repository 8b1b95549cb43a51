import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { sarifPath } from '../../../cli/src/sarif';
import { renderSarif } from '../../../cli/src/zap-gate/render/sarif';
import { RISKS, type Alert } from '../../../cli/src/zap-gate/report/report';
import { judge } from '../../../cli/src/zap-gate/verdict';
import schema from '../../support/sarif/sarif-schema-2.1.0.json';

// The schema holds an expression that is none with the flag `u`.
const ajv = new Ajv({ strict: false, unicodeRegExp: false });
addFormats(ajv);
const isSarif = ajv.compile(schema);

interface Document {
  runs: [
    {
      tool: { driver: { rules: { id: string; properties: { 'security-severity': string } }[] } };
      results: {
        ruleId: string;
        locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
      }[];
    },
  ];
}

/** RFC 3986: a relative reference whose first segment holds no colon, so that nothing takes it for a scheme. */
const RELATIVE_PATH = /^(?![^/]*:)(?!\/)(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-F]{2})+$/;

/** What GitHub refuses a whole file for. */
function isAcceptablePath(path: string): boolean {
  if (!RELATIVE_PATH.test(path) || path.length > 500) return false;
  decodeURIComponent(path);
  return true;
}

it.each([
  ['a colon in the first segment', '/c:/Windows/system.ini', 'c%3A/Windows/system.ini'],
  ['a custom method', '/v1:batch', 'v1%3Abatch'],
  ['characters that a URL keeps as they are', '/a|b[c]', 'a%7Cb%5Bc%5D'],
  ['octets that are no UTF-8', '/a%ff', 'a%25ff'],
  ['a lone percent sign', '/100%', '100%25'],
  ['an encoded slash', '/a%2Fb', 'a%252Fb'],
  ['an encoded line end', '/a%0Ab', 'a%250Ab'],
  ['text of another script', '/caf\u00e9', 'caf%C3%A9'],
  ['several slashes at the beginning', '//evil.example/x', 'evil.example/x'],
  ['the root', '/', 'index'],
])('a location of SARIF can be had from %s', (_name, path, expected) => {
  expect(sarifPath(`https://s.example.com${path}`)).toBe(expected);
  expect(isAcceptablePath(expected)).toBe(true);
});

it('a path that is too long is never cut inside a character', () => {
  for (let length = 490; length < 502; length += 1) {
    const path = sarifPath(`https://s.example.com/${'a'.repeat(length)}\u00e9\u{1f600}`);
    expect(isAcceptablePath(path)).toBe(true);
  }
});

const alert = fc.record<Alert>({
  rule: fc.oneof(fc.constantFrom('40012', '10038', ''), fc.string()),
  variant: fc.oneof(fc.constantFrom('40012', '10038-1', ''), fc.string({ unit: 'binary' })),
  name: fc.string({ unit: 'binary' }),
  site: fc.webUrl(),
  risk: fc.constantFrom(...RISKS),
  confidence: fc.string(),
  cwe: fc.oneof(fc.constantFrom('79', '0', '-1', '99999999999999'), fc.string()),
  count: fc.nat(),
  places: fc.array(
    fc.record({
      method: fc.oneof(fc.constantFrom('GET', ''), fc.string({ unit: 'binary' })),
      url: fc.oneof(
        fc.webUrl({ withQueryParameters: true }),
        fc.string({ unit: 'binary' }).map((path) => `https://s.example.com/${path}`),
        fc.string({ unit: 'binary' }),
      ),
    }),
    { maxLength: 4 },
  ),
  isPartial: fc.boolean(),
});

it('whatever ZAP reports, the SARIF is valid, and code scanning takes its locations', () => {
  fc.assert(
    fc.property(fc.array(alert, { maxLength: 6 }), (alerts) => {
      const report = { version: '', generated: '', sites: [], alerts, insights: [] };
      const document = JSON.parse(
        renderSarif(judge(report, { failOn: 'high', minUrls: 1, allowList: [] }), 'a category'),
      ) as Document;
      expect([isSarif(document), isSarif.errors]).toEqual([true, null]);
      const [{ tool, results }] = document.runs;
      const rules = tool.driver.rules.map(({ id }) => id);
      expect(new Set(rules).size).toBe(rules.length);
      for (const { ruleId, locations } of results) {
        expect(rules).toContain(ruleId);
        for (const { physicalLocation } of locations) {
          const { uri } = physicalLocation.artifactLocation;
          expect([uri, isAcceptablePath(uri)]).toEqual([uri, true]);
        }
      }
    }),
    { numRuns: 300 },
  );
});

it('a rule is as severe as the worst of what it found', () => {
  const seen = {
    variant: '10003',
    rule: '10003',
    name: 'Vulnerable JS Library',
    site: 'https://s.example.com',
  };
  const rest = { confidence: '2', cwe: '79', count: 1, places: [], isPartial: false };
  const alerts = (['low', 'high', 'informational'] as const).map((risk) => ({ ...seen, ...rest, risk }));
  const verdict = judge(
    { version: '', generated: '', sites: [], alerts, insights: [] },
    { failOn: 'high', minUrls: 1, allowList: [] },
  );
  const [{ tool }] = (JSON.parse(renderSarif(verdict)) as Document).runs;
  expect(tool.driver.rules.map(({ properties }) => properties['security-severity'])).toEqual(['8.0']);
});
